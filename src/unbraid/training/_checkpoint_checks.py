"""What a checkpoint says is compared with the run that it is to be put into, before any of it is used.

Optimisers step in compiled kernels, which read moments of another shape beyond their end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from unbraid.core import require
from unbraid.training._position import Position

DO = "restore it, or delete it to train from the first step"


def require_arrays(expected: Mapping[str, Tensor], arrays: Mapping[str, np.ndarray], rule: str, do: str) -> None:
    """Raise `UsageError` unless the arrays have the names, shapes and types of the tensors."""
    absent, more = sorted(set(expected) - set(arrays)), sorted(set(arrays) - set(expected))
    require(not absent, rule, f"no {', '.join(absent[:3])}", do)
    require(not more, rule, f"{', '.join(more[:3])}, which it has not", do)
    for name, tensor in expected.items():
        wanted, came = _form(tensor.detach().cpu().numpy()), _form(arrays[name])
        require(came == wanted, rule, f"{name} {came} in place of {wanted}", do)


def _form(array: np.ndarray) -> str:
    shape = () if array.shape == (1,) else array.shape  # a single number is stored with an axis
    return f"{array.dtype} {list(shape)}"


def checked_position(given: Any, steps: int, where: str) -> Position:
    """Where a run of so many steps stands, from what its checkpoint says.

    Raises:
        UsageError: other keys, or values that no run of that length has.
    """
    rule = f"{where} must say where this run of {steps} steps stands"
    known = [field.name for field in fields(Position)]
    require(isinstance(given, Mapping) and set(given) == set(known), rule, _brief(given), DO)
    for name, most in (("step", steps), ("epoch_steps", steps)):
        value = given[name]
        require(type(value) is int and 0 <= value <= most, rule, f"{name} {_brief(value)}", DO)
    for name in ("epoch_loss", "seconds"):
        require(_is_number(given[name]), rule, f"{name} {_brief(given[name])}", DO)
    log = given["since_log"]
    right = isinstance(log, Mapping) and all(
        isinstance(values, list) and all(isinstance(value, float) for value in values) for values in log.values()
    )
    require(right, rule, f"since_log {_brief(log)}", DO)
    return Position(**given)


def require_rate(given: Any, current: Mapping[str, Any], where: str) -> None:
    """Raise `UsageError` unless a stored learning rate has the form of the current one, or that of version 0.1."""
    rule = f"{where} must hold the state of this run's learning rate"
    require(isinstance(given, Mapping), rule, _brief(given), DO)
    if "scheduler" not in given:
        numbers = {"now", "best", "bad"}
        right = set(given) in (set(), numbers) and all(isinstance(value, (int, float)) for value in given.values())
        require(right, rule, _brief(given), DO)
        return
    require(set(given) == set(current) and _is_number(given["lr"]) and given["lr"] >= 0, rule, _brief(given), DO)
    stored, now = given["scheduler"], current["scheduler"]
    require(isinstance(stored, Mapping) and set(stored) <= set(now), rule, _brief(stored), DO)
    for key, value in stored.items():
        require(_alike(value, now[key]), rule, f"{key} {_brief(value)}", DO)


def _alike(value: Any, now: Any) -> bool:
    """Whether a stored value has the form of the current one; None may become a number or a list of them."""
    if now is None or value is None:
        return value is None or _is_number(value) or (isinstance(value, list) and all(map(_is_number, value)))
    if isinstance(now, list):
        return isinstance(value, list) and len(value) == len(now) and all(map(_alike, value, now))
    if isinstance(now, (int, float)) and not isinstance(now, bool):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
    return isinstance(value, type(now))


def require_moments(optimizer: Optimizer, stored: Mapping[int, Mapping[str, np.ndarray]], where: str) -> None:
    """Raise `UsageError` unless stored moments are those that the optimiser keeps, of its parameters' shapes.

    A parameter without moments is one that had no gradient yet.
    """
    rule = f"{where} must hold the moments of this run's optimiser"
    expected = _moments_after_a_step(optimizer)
    for number, arrays in stored.items():
        require(number < len(expected), rule, f"moments of parameter {number} of {len(expected)}", DO)
        require_arrays(expected[number], arrays, f"{rule} for parameter {number}", DO)
        for key, array in arrays.items():
            finite = bool(np.isfinite(array).all())
            require(finite, rule, f"NaN or infinity in {key} of parameter {number}", DO)
    wanted = any(expected) and not stored
    require(not wanted, rule, "none", DO)


def _moments_after_a_step(optimizer: Optimizer) -> list[dict[str, Tensor]]:
    """What the optimiser keeps of each parameter: seen by a step of another one of its kind on zeros."""
    parameters = [nn.Parameter(torch.zeros_like(p)) for group in optimizer.param_groups for p in group["params"]]
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    probe = type(optimizer)(parameters, **optimizer.defaults)
    probe.step()
    return [
        {key: torch.as_tensor(value) for key, value in probe.state[parameter].items() if value is not None}
        for parameter in parameters
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
