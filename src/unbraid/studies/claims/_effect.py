"""What a kind of claim makes of the runs: an effect in the claimed direction, with its interval and its test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scipy import stats

from unbraid.studies.claims._combined_tests import Mirrored, Open
from unbraid.studies.claims._tests import LEVEL, Normal, Test

Group = Mapping[str, Any]  # settings that runs share, by dotted name: a list means any of them, null a run without it
Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Effect:
    """An effect in the claimed direction with its 95 % interval.

    Args:
        estimate: the effect; above 0 where the runs are as claimed.
        low: lower end of its interval; NaN where all runs are equal, minus infinity where so few runs have none.
        high: upper end of its interval.
        runs: how many runs it rests on.
        compared: what was compared, in words.
        exchanged: whether the claim is that there is no such effect.
        seeds: runs of the smallest arm; None where runs are not the unit.
        remark: what else is to be said of it, such as that all runs are equal.
        test: the test whose inversion the interval is; that of a normal estimate with this interval when None.
    """

    estimate: float
    low: float
    high: float
    runs: int
    compared: str
    exchanged: bool = False
    seeds: int | None = None
    remark: str = ""
    test: Test | None = field(default=None, repr=False, compare=False)

    @property
    def tested(self) -> Test:
        """The test that goes with its interval."""
        if self.test is not None:
            return self.test
        half = (self.high - self.low) / 2
        if not (math.isfinite(half) and half > 0):
            return Open()
        return Normal(self.estimate, half / float(stats.norm.isf(LEVEL)))

    @property
    def has_interval(self) -> bool:
        """Whether both ends of its interval are numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def tested(estimate: float, test: Test, runs: int, compared: str, **beside: Any) -> Effect:
    """An effect with the interval that its test gives."""
    low, high = (float(end) for end in test.interval(LEVEL))
    low, high = (low, high) if math.isnan(low) else (min(low, estimate), max(high, estimate))
    if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-15):
        low = high = math.nan
        beside["remark"] = beside.get("remark") or "all runs equal"
    return Effect(estimate, low, high, runs, compared, test=test, **beside)


def mirrored(effect: Effect, about: float) -> Effect:
    """The effect `about` - `effect`, so that the claim that there is none is judged as any other."""
    low, high = about - effect.high, about - effect.low
    test = Mirrored(effect.tested, about)
    return replace(effect, estimate=about - effect.estimate, low=low, high=high, test=test, exchanged=False)


def sign_of(direction: Direction) -> float:
    """1 for a rise, -1 for a fall."""
    return 1.0 if direction == "up" else -1.0
