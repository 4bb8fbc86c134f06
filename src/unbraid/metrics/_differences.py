"""Whether two codes differ by more than the noise of rows and draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from unbraid.core import Progress, Spec, require, shown
from unbraid.metrics._representation import Representation
from unbraid.metrics._resampling import DRAWS, Measured, measured, repetitions, student_quantile, why_missing
from unbraid.metrics._score import DEFAULT, MetricLike, specs_of

__all__ = ["Difference", "differences"]


@dataclass(frozen=True)
class Difference:
    """The second score minus the first, with its interval over rows and draws.

    Args:
        first: score of the first code, or None where it has none.
        second: score of the second code, or None.
        low: lower end of the interval of the difference, or None where there is none.
        high: upper end, or None.
        method: how the interval was estimated.
        reason: why there is none; empty where there is one.
    """

    first: float | None
    second: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""

    @property
    def clear(self) -> bool | None:
        """Whether the difference exceeds the noise: 0 lies outside its interval. None where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


def differences(
    first: Representation,
    second: Representation,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | bool | None = True,
) -> dict[str, Difference]:
    """Compare two codes score by score: is the difference within the noise of rows and draws?

    Codes of the same rows (equal factors, row by row) are compared in pairs: both are scored on the same halves with
    the same seeds, so that noise common to both cancels. Other codes are treated as independent.

    Args:
        first: one code.
        second: another, of the same factors.
        metrics: as in `score`; all of `DEFAULT` when None.
        level: confidence level of the intervals, in (0, 1).
        draws: repetitions, at least 5.
        seed: as in `intervals`.
        progress: True shows a bar; a function is called with (name, number done, number in all).

    Returns:
        one Difference per metric, by its one name (see `score`).

    Raises:
        UsageError: the two have different factors, or read them as different kinds.
    """
    require(
        first.space.names == second.space.names,
        "codes are compared on the same factors",
        f"{list(first.space.names)} and {list(second.space.names)}",
    )
    kinds = [[factor.kind for factor in rep.space.factors] for rep in (first, second)]
    do = "say the kinds of both, with kinds= or --kinds"
    require(kinds[0] == kinds[1], "codes are compared on factors of the same kinds", f"{kinds[0]} and {kinds[1]}", do)
    specs = specs_of(DEFAULT if metrics is None else metrics)
    quantile = student_quantile(level, draws)
    paired = np.array_equal(_with_nan(first), _with_nan(second), equal_nan=True)
    with shown(progress, "comparing") as show:
        one = measured(first, specs, draws, seed, show)
        two = measured(second, specs, draws, seed, show, stream=0 if paired else 1)
    how = "paired" if paired else "apart"
    return {name: _difference(one[name], two[name], how, spec, quantile) for name, spec in specs.items()}


def _with_nan(rep: Representation) -> np.ndarray:
    """Factors as numbers, NaN where missing."""
    return rep.factors if rep.missing is None else np.where(rep.missing, np.nan, rep.factors)


def _difference(one: Measured, two: Measured, how: str, spec: Spec, quantile: float) -> Difference:
    first, second = one[0].value, two[0].value
    reason = why_missing(*one, spec) or why_missing(*two, spec)
    if reason or first is None or second is None:
        return Difference(first, second, reason=reason)
    values = [np.array([answer.value for answer in again], dtype=np.float64) for _, again in (one, two)]
    if how == "paired":
        deviation = np.std(values[1] - values[0], ddof=1)
    else:
        deviation = np.hypot(np.std(values[0], ddof=1), np.std(values[1], ddof=1))
    middle, reach = second - first, quantile * float(deviation)
    return Difference(first, second, middle - reach, middle + reach, f"{how}, {repetitions(spec, len(values[0]))}")
