"""The difference of two scores that were measured again on redrawn rows, and the tests of a table of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from unbraid.core import Spec
from unbraid.metrics._floors import room_above
from unbraid.metrics._holm import holm
from unbraid.metrics._properties import properties
from unbraid.metrics._representation import Score
from unbraid.metrics._resampling import Measured, repetitions, standard_error, student_quantile, why_missing

POWER = 0.8  # the chance with which `Difference.shows` is seen


@dataclass(frozen=True)
class Difference:
    """The second score minus the first, with its interval over rows and draws, and a test of whether it is noise.

    Args:
        first: score of the first code, or None where it has none.
        second: score of the second code, or None.
        low: lower end of the interval of the difference, or None where there is none.
        high: upper end, or None.
        error: standard error of the difference.
        p: two-sided p of no difference, by Student's t; of this score alone.
        holm: the same, adjusted by Holm for all tests of the table: of values and of scores above chance.
        shows: the difference that so many rows show in four of five such comparisons, at Holm's first step.
        above: the same for the scores above chance, where both have one.
        method: how the interval was estimated.
        reason: why there is none; empty where there is one.
        note: what a reader should know, such as rows that were left out.
        level: of the interval; a difference is clear where the adjusted p is at most 1 - level.
    """

    first: float | None
    second: float | None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    p: float | None = None
    holm: float | None = None
    shows: float | None = None
    above: Difference | None = None
    method: str = ""
    reason: str = ""
    note: str = ""
    level: float = 0.95

    @property
    def read(self) -> Difference:
        """What to compare: the scores above chance where both have one, for floors differ; else the values."""
        return self if self.above is None else self.above

    @property
    def clear(self) -> bool | None:
        """Whether what is to be compared differs by more than noise, by the adjusted p. None without a test."""
        return None if self.read.holm is None else self.read.holm <= 1 - self.level


def difference(one: Measured, two: Measured, spec: Spec, paired: bool, level: float) -> Difference:
    """The difference of the values, and of the scores above chance, each tested by itself."""
    first, second = one[0], two[0]
    reason = why_missing(*one, spec) or why_missing(*two, spec)
    if reason or first.value is None or second.value is None:
        return Difference(first.value, second.value, reason=reason)
    again = [np.array([answer.value for answer in answers], dtype=np.float64) for _, answers in (one, two)]
    error = _error(again, spec, paired)
    values = _tested(first.value, second.value, error, len(again[0]), level)
    method = f"{'paired' if paired else 'apart'}, {repetitions(spec, len(again[0]))}"
    return replace(values, above=_above(first, second, again, spec, paired, level), method=method)


def adjusted(compared: Mapping[str, Difference], draws: int, level: float) -> dict[str, Difference]:
    """With p adjusted for all tests of the table, in which scores above chance are tests of their own."""
    tests = [test for given in compared.values() for test in (given, given.above) if test is not None]
    ps = [test.p for test in tests if test.p is not None]
    together = iter(holm(ps))
    first_step = student_quantile(1 - (1 - level) / max(len(ps), 1), draws)
    reach = first_step + float(stdtrit(draws - 1, POWER))

    def finished(test: Difference) -> Difference:
        """In the order of `tests`."""
        if test.p is None or test.error is None:
            return test
        return replace(test, holm=next(together), shows=reach * test.error, level=level)

    done = {}
    for name, given in compared.items():
        values = finished(given)
        done[name] = values if given.above is None else replace(values, above=finished(given.above))
    return done


def _above(
    first: Score, second: Score, again: list[np.ndarray], spec: Spec, paired: bool, level: float
) -> Difference | None:
    """The difference of the scores above chance: above is (value - floor) / room, so values weigh 1 / room."""
    if first.above is None or second.above is None:
        return None
    rooms = [room_above(scored, properties(spec)) for scored in (first, second)]
    rows = _error([values / room for values, room in zip(again, rooms, strict=True)], spec, paired)
    floors = [_floor_error(scored, room) for scored, room in zip((first, second), rooms, strict=True)]
    return _tested(
        first.above, second.above, float(np.sqrt(rows**2 + floors[0] ** 2 + floors[1] ** 2)), len(again[0]), level
    )


def _floor_error(scored: Score, room: float) -> float:
    """Standard error of a score above chance that comes from its floor."""
    return ((scored.above or 0.0) - 1) * (scored.floor_error or 0.0) / room


def _error(again: list[np.ndarray], spec: Spec, paired: bool) -> float:
    """Standard error of the second score less the first."""
    if paired:
        return standard_error(again[1] - again[0], spec)
    first, second = (standard_error(values, spec) for values in again)
    return float(np.hypot(first, second))


def _tested(first: float, second: float, error: float, draws: int, level: float) -> Difference:
    """Student's interval and p of a difference; without any error a difference is certain, and none is none."""
    apart, reach = second - first, student_quantile(level, draws) * error
    p = 2 * float(stdtr(draws - 1, -abs(apart) / error)) if error > 0 else float(apart == 0)
    return Difference(first, second, apart - reach, apart + reach, error, p)
