"""How far scores would move with other rows and other draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from unbraid.core import Progress, Spec, UsageError
from unbraid.metrics._properties import properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._resampling import DRAWS, measured, missing, quantile, words
from unbraid.metrics._score import DEFAULT, MetricLike, specs_of

__all__ = ["Interval", "intervals"]


@dataclass(frozen=True)
class Interval:
    """A score with the range in which it would fall for other rows of the same kind and other draws.

    Args:
        score: on all rows.
        low: lower end, or None where there is no interval.
        high: upper end, or None.
        parts: (low, high) of each part, by name.
        method: how the ends were found, in words.
        reason: why there are none; empty where there are.
    """

    score: Score
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    method: str = ""
    reason: str = ""

    def ends(self, part: str = "") -> tuple[float | None, float | None]:
        """(low, high) of the score itself, or of one of its parts; (None, None) where there is no interval."""
        return self.parts.get(part, (None, None)) if part else (self.low, self.high)


def intervals(
    rep: Representation,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Interval]:
    """Score `rep` and measure each score again, `draws` times, on redrawn rows and with other seeds.

    Redrawn rows are halves, taken without repetition: the spread of a score over halves of N rows estimates the
    standard error of the score of all N (the delete-half jackknife: half the rows double the variance, and that they
    share rows halves it again). Rows drawn *with* repetition, the bootstrap, serve only the scores of `BOOTSTRAPPED`;
    in all others repeated rows do harm: they double the plug-in bias of histogram information, stand at distance
    0 from themselves among nearest neighbours, and get into the train and the test rows of a probe at once.
    Random metrics draw anew each time, so their own noise is in the interval too; metrics that need the complete
    grid are measured on all rows each time, and only if they are random.

    Args:
        rep: what to score.
        metrics: as in `score`; all of `DEFAULT` when None.
        level: how often the interval shall hold the value it estimates, in (0, 1).
        draws: repetitions, at least 5; the work is about half of `draws` times that of `score`.
        seed: of the scores on all rows, and of the redrawn rows.
        progress: called with (name, number done, number in all).

    Returns:
        one Interval per metric: value -+ Student's quantile x spread, cut to the metric's range.

    Notes:
        The interval is about chance, not about bias: a plug-in score on few rows is biased, and stays so. It
        says nothing about other training seeds. On a complete grid, which holds all the rows there are, it says how
        far the score would move had as many rows been drawn at random.

    Source: Shao and Wu (1989), A general theory for jackknife variance estimation; Politis and Romano (1994).
    """
    specs = specs_of(DEFAULT if metrics is None else metrics)
    wide = quantile(level, draws)
    found = measured(rep, specs, draws, seed, progress)
    return {name: _interval(*both, specs[name], level, wide) for name, both in found.items()}


def _interval(whole: Score, again: list[Score], spec: Spec, level: float, wide: float) -> Interval:
    reason = missing(whole, again, spec)
    if reason or whole.value is None:
        return Interval(whole, reason=reason)
    low, high = _around(whole.value, [each.value for each in again], wide, _range(spec))
    parts = {
        name: _around(value, [each.parts[name] for each in again], wide)
        for name, value in whole.parts.items()
        if all(name in each.parts for each in again)
    }
    return Interval(whole, low, high, parts, f"{level:.0%}, {words(spec, len(again))}")


def _around(
    value: float, again: Sequence[float | None], wide: float, limits: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[float, float]:
    """The ends, within `limits`; halves are more biased than all rows, so only their spread counts."""
    reach = wide * float(np.std(np.array(again, dtype=np.float64), ddof=1))
    low, high = (min(limits[0], value), max(limits[1], value))
    return max(low, value - reach), min(high, value + reach)


def _range(spec: Spec) -> tuple[float, float]:
    """What the metric declares, or no limits for one that declares nothing."""
    try:
        return properties(spec.name).range
    except UsageError:
        return -np.inf, np.inf
