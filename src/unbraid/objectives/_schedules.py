"""Hyperparameters over time: functions from step to value, written in YAML as a mapping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unbraid.core import UsageError, require


@dataclass(frozen=True)
class Schedule:
    """Linear from `start` to `stop` over `steps`, held there; steps = 0 is `stop` at once.

    value(t) = start + (stop - start) * min(t / steps, 1), t counting finished steps, after `delay` steps of `start`.
    A constant is `Schedule(v, v, 0)`. Both directions are allowed. The first update therefore sees t = 0; published
    code that counts the running step (Dubois, the Tartu thesis) sees t = 1 there.
    """

    start: float
    stop: float
    steps: float = 0
    delay: float = 0

    def __post_init__(self) -> None:
        numbers = (self.start, self.stop, self.steps, self.delay)
        whole = all(isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n) for n in numbers)
        require(whole, "a schedule's start, stop, steps and delay must be finite numbers", self)
        require(self.steps >= 0 and self.delay >= 0, "a schedule's steps and delay must not be negative", self)

    def __call__(self, step: int) -> float:
        """Value after `step` finished steps."""
        if step < self.delay:
            return self.start
        done = 1.0 if self.steps == 0 else min((step - self.delay) / self.steps, 1.0)
        return self.start + (self.stop - self.start) * done

    @property
    def final(self) -> float:
        """The value at the end of training, which evaluation uses."""
        return self.stop


Scheduled = float | Mapping[str, Any] | Schedule


def schedule(given: Scheduled, label: str) -> Schedule:
    """A Schedule from a number, a mapping {start, stop, steps, delay}, or a Schedule.

    Raises:
        UsageError: anything else, such as text or an unknown key.
    """
    if isinstance(given, Schedule):
        return given
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return Schedule(float(given), float(given))
    if isinstance(given, Mapping):
        unknown = set(given) - {"start", "stop", "steps", "delay"}
        if not unknown and {"start", "stop", "steps"} <= set(given):
            made = Schedule(**given)
            rule = f"{label}: a ramp from start to stop must take steps"
            ramp = made.steps > 0 or made.delay > 0 or made.start == made.stop
            require(ramp, rule, f"{dict(given)}", f"give steps, a delay, or {made.stop:g} alone")
            return made
    raise UsageError(
        f"{label} must be a number or a schedule {{start: …, stop: …, steps: …, delay: 0}}; got {given!r}."
    )
