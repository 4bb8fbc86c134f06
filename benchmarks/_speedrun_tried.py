"""What was tried beside our recipe: settings that a name stands for, run by `--recipe NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks._speedrun_worlds import World, ours


def _changed(world: World, cap: float, **changes: Any) -> dict[str, Any]:
    """Our recipe with other settings, and as many steps as they say."""
    settings = ours(world, cap)
    for name in changes.keys() & settings.keys():
        given, value = settings[name], changes[name]
        settings[name] = {**given, **value} if isinstance(given, Mapping) and isinstance(value, Mapping) else value
    return {**settings, **{name: value for name, value in changes.items() if name not in settings}}


TRIAL: dict[str, Any] = {"rate": {"warmup": 64}, "start": "small"}


def _trial(steps: int, batch: int, lr: float, **more: Any) -> partial[dict[str, Any]]:
    return partial(_changed, steps=steps, batch=batch, **{**TRIAL, "optimizer": {"lr": lr}, **more})


def _beta(start: float, stop: float, steps: int) -> dict[str, Any]:
    return {"name": "beta_vae", "beta": {"start": start, "stop": stop, "steps": steps}}


SHORT = {"rate": {"warmup": 20}}
TRIED = {
    "5,000 of 16, 2e-3": _trial(5_000, 16, 2.0e-3),
    "3,000 of 32, 3e-3": _trial(3_000, 32, 3.0e-3),
    "1,900 of 64, 2e-3": _trial(1_900, 64, 2.0e-3),
    "1,900 of 64, 4e-3": _trial(1_900, 64, 4.0e-3),
    "1,000 of 32, 3e-3": _trial(1_000, 32, 3.0e-3),
    "656 of 64, 6e-3": _trial(656, 64, 6.0e-3),
    "656 of 64, 6e-3, warmup 20": _trial(656, 64, 6.0e-3, **SHORT),
    "656 of 64, 6e-3, start mean, warmup 20": _trial(656, 64, 6.0e-3, start="mean", **SHORT),
    "656 of 64, 8e-3, start mean, warmup 20": _trial(656, 64, 8.0e-3, start="mean", **SHORT),
    "721 of 64, 6e-3, start mean, warmup 20": _trial(721, 64, 6.0e-3, start="mean", **SHORT),
    "165 of 16, 2e-3, warmup 64": _trial(165, 16, 2.0e-3),
    "300 of 64, 6e-3": _trial(300, 64, 6.0e-3, **SHORT),
    "450 of 32, 3e-3": _trial(450, 32, 3.0e-3, **SHORT),
    "450 of 32, 2e-3": _trial(450, 32, 2.0e-3, **SHORT),
    "450 of 32, 3e-3, beta2 .999": _trial(450, 32, 3.0e-3, optimizer={"lr": 3.0e-3, "betas": [0.9, 0.999]}, **SHORT),
    "450 of 32, 3e-3, beta .1 to 1": _trial(450, 32, 3.0e-3, objective=_beta(0.1, 1, 200), **SHORT),
    "700 of 16, 2e-3": _trial(700, 16, 2.0e-3, **SHORT),
    "800 of 32, 3e-3": _trial(800, 32, 3.0e-3, **SHORT),
    "700 of 64, 3e-3": _trial(700, 64, 3.0e-3),
    "700 of 64, 6e-3": _trial(700, 64, 6.0e-3),
    "700 of 64, 1e-2": _trial(700, 64, 1.0e-2),
    "700 of 64, 6e-3, beta2 .95": _trial(700, 64, 6.0e-3, optimizer={"lr": 6.0e-3, "betas": [0.9, 0.95]}),
    "700 of 64, 6e-3, start mean": _trial(700, 64, 6.0e-3, start="mean"),
    "600 of 64, 8e-3, start mean": _trial(600, 64, 8.0e-3, start="mean"),
    "360 of 128, 1e-2, start mean": _trial(360, 128, 1.0e-2, start="mean"),
    "700 of 48, 6e-3, start mean": _trial(700, 48, 6.0e-3, start="mean"),
    "600 of 64, 6e-3, start mean, beta .1 to 1": _trial(600, 64, 6.0e-3, start="mean", objective=_beta(0.1, 1, 200)),
    "600 of 64, 6e-3, start mean, beta 3 to 1": _trial(600, 64, 6.0e-3, start="mean", objective=_beta(3, 1, 300)),
    "200 of 16, 2e-3": _trial(200, 16, 2.0e-3, **SHORT),
    "200 of 16, 4e-3": _trial(200, 16, 4.0e-3, **SHORT),
    "380 of 8, 2e-3": _trial(380, 8, 2.0e-3, **SHORT),
    "190 of 16, 2e-3": _trial(190, 16, 2.0e-3, **SHORT),
    "190 of 16, 4e-3": _trial(190, 16, 4.0e-3, **SHORT),
    "370 of 8, 3e-3": _trial(370, 8, 3.0e-3, **SHORT),
    "300 of 64, 4e-3": _trial(300, 64, 4.0e-3),
    "300 of 64, 4e-3, start mean": _trial(300, 64, 4.0e-3, start="mean"),
    "300 of 64, 8e-3, start mean": _trial(300, 64, 8.0e-3, start="mean"),
    "450 of 32, 4e-3, start mean": _trial(450, 32, 4.0e-3, start="mean"),
    "2,000 of 128, 2e-3, mean, beta 12 to 4": _trial(2_000, 128, 2.0e-3, start="mean", objective=_beta(12, 4, 1_000)),
    "3,000 of 128, 2e-3, mean, beta 12 to 1": _trial(3_000, 128, 2.0e-3, start="mean", objective=_beta(12, 1, 2_500)),
    "3,000 of 64, 6e-3, mean, beta 12 to 4": _trial(3_000, 64, 6.0e-3, start="mean", objective=_beta(12, 4, 2_500)),
    "3,000 of 64, 6e-3, mean, beta 20 to 4": _trial(3_000, 64, 6.0e-3, start="mean", objective=_beta(20, 4, 2_500)),
    "3,000 of 64, 6e-3, mean, beta 12 to 8": _trial(3_000, 64, 6.0e-3, start="mean", objective=_beta(12, 8, 2_500)),
    "5,500 of 64, 6e-3, mean, beta 12 to 4": _trial(5_500, 64, 6.0e-3, start="mean", objective=_beta(12, 4, 4_500)),
    "5,000 of 32, 4e-3, mean, beta 12 to 4": _trial(5_000, 32, 4.0e-3, start="mean", objective=_beta(12, 4, 4_000)),
}
