"""Learning rates: the numbers of each, by step and by epoch, and what resumes them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from unbraid.core import Spec, UsageError
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training import Rate, RunConfig, fit

SETTINGS: dict[str, Any] = {"data": "toy", "model": {"name": "mlp", "latents": 3, "hidden": 16}, "objective": "vae"}
SETTINGS |= {"steps": 40, "batch": 16}
LR = 5.0e-4


def rate_of(name: str, steps: int = 10, **options: Any) -> tuple[Rate, torch.optim.Optimizer]:
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    optimizer = torch.optim.SGD([parameter], lr=LR)
    return Rate(Spec(name, options), optimizer, steps), optimizer


def by_step(name: str, steps: int = 10, **options: Any) -> list[float]:
    rate, optimizer = rate_of(name, steps, **options)
    lrs = []
    for _ in range(steps):
        lrs.append(rate.lr)
        optimizer.step()
        rate.end_step()
    return lrs


def test_constant_stays() -> None:
    assert by_step("constant") == [LR] * 10


def test_linear_falls_to_its_floor_after_the_last_step() -> None:
    assert by_step("linear") == [LR * (1.0 + (0.0 - 1.0) * (step / 10)) for step in range(10)]
    assert by_step("linear", floor=1.0) == [LR] * 10


def test_linear_warms_up_first() -> None:
    up = [LR * ((step + 1) / 4) for step in range(4)]
    down = [LR * (1.0 + (0.5 - 1.0) * ((step - 4) / 6)) for step in range(4, 10)]
    assert by_step("linear", floor=0.5, warmup=4) == up + down
    assert by_step("linear", steps=3, warmup=5) == [LR * ((step + 1) / 5) for step in range(3)]


def test_plateau_falls_when_the_loss_has_not_improved_and_stops_at_its_least() -> None:
    rate, _ = rate_of("plateau", multiply=0.5, patience=1, threshold=0.1, min_lr=LR / 3)
    lrs = []
    for loss in (10.0, 8.0, 7.9, 7.9, 7.0, 7.0, 7.0, 7.0, 7.0):
        rate.end_step()  # steps do not move it
        rate.end_epoch(loss)
        lrs.append(rate.lr)
    assert lrs == [LR] * 3 + [LR / 2] * 3 + [LR / 3] * 3


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("linear", {"floor": 2.0}, r"rate needs floor in 0 \.\. 1 and warmup >= 0; got 2\.0, 0"),
        ("plateau", {"multiply": 1.5}, r"plateau\.multiply must lie between 0 and 1; got 1\.5"),
        ("cosine", {}, "rate must be one of: constant, linear, plateau"),
    ],
)
def test_impossible_rates_are_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rate_of(name, **options)


def weights(run: RunDirectory) -> dict[str, np.ndarray]:
    return run.read_tensors(MODEL)


@pytest.mark.parametrize(
    "changes",
    [
        {"rate": {"name": "tests.training.outside:cosine", "floor": 1.0e-5}},
        {"rate": "tests.training.outside:cosine", "phases": [{"steps": 9, "objective": "vae"}] * 2},
        {"optimizer": {"name": "tests.training.outside:rmsprop", "lr": 2.0e-3}},
    ],
)
def test_optimisers_and_schedulers_from_outside_resume_bit_for_bit(changes: dict[str, Any], tmp_path: Path) -> None:
    settings = {**SETTINGS, **changes}
    if "phases" in changes:
        settings = {key: value for key, value in settings.items() if key not in ("objective", "steps")}
    config = RunConfig.from_dict(settings)
    whole = fit(config, tmp_path / "whole", log_every=4).folder
    for until in (5, 9, 13, None):
        parts = fit(config, tmp_path / "parts", until=until, log_every=4).folder
    one, other = weights(whole), weights(parts)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert [row["lr"] for row in whole.read_log()] == [row["lr"] for row in parts.read_log()]


def as_version_0_1_wrote_it(run: RunDirectory) -> None:
    """Replace the rate in a checkpoint by what that version kept of it."""
    note = run.read_note(CHECKPOINT)
    rate = note["rate"]["scheduler"]
    plateau = "num_bad_epochs" in rate
    kept = {"now": note["rate"]["lr"], "best": rate["best"], "bad": float(rate["num_bad_epochs"])} if plateau else {}
    run.write_tensors(CHECKPOINT, run.read_tensors(CHECKPOINT), {**note, "rate": kept})


@pytest.mark.parametrize(
    "rate", ["constant", {"name": "linear", "warmup": 30}, {"name": "plateau", "patience": 0, "threshold": 0.5}]
)
def test_a_run_that_version_0_1_began_goes_on_bit_for_bit(rate: Any, tmp_path: Path) -> None:
    config = RunConfig.from_dict({**SETTINGS, "rate": rate})
    whole = fit(config, tmp_path / "whole").folder
    parts = fit(config, tmp_path / "parts", until=23).folder
    as_version_0_1_wrote_it(parts)
    assert "scheduler" not in json.dumps(parts.read_note(CHECKPOINT))
    one, other = weights(whole), weights(fit(config, tmp_path / "parts").folder)
    assert all(np.array_equal(one[name], other[name]) for name in one)
