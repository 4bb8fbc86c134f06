"""Confidence intervals of scores over rows and draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from unbraid.core import Progress, Spec, shown
from unbraid.metrics._floors import FloorChoice
from unbraid.metrics._properties import declared
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._resampling import DRAWS, by_rows, measured, repetitions, student_quantile, why_missing
from unbraid.metrics._score import DEFAULT, MetricLike, specs_of

__all__ = ["Interval", "intervals"]


@dataclass(frozen=True)
class Interval:
    """A score with its confidence interval over rows drawn alike and over its own random draws.

    Args:
        score: on all rows.
        low: lower end, or None where there is no interval.
        high: upper end, or None.
        parts: (low, high) of each part, by name.
        method: how the interval was estimated.
        reason: why there is none; empty where there is one.
        note: that the bias at this number of rows is larger than the interval; empty where it is not.
    """

    score: Score
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    method: str = ""
    reason: str = ""
    note: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the score and of its interval."""
        return (*self.score.notes, self.note) if self.note else self.score.notes

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
    floor: FloorChoice = "quick",
    progress: Progress | bool | None = True,
) -> dict[str, Interval]:
    """Score `rep`, and estimate the interval of each score from `draws` repetitions on redrawn rows with other seeds.

    Redrawn rows are halves, taken without replacement: the standard deviation of a score over halves of N rows
    estimates the standard error of the score of all N (the delete-half jackknife: half the rows double the variance,
    and that halves share rows halves it again). The bootstrap, rows drawn *with* replacement, is used only for the
    scores of `BOOTSTRAPPED`; in all others repeated rows do harm: they double the plug-in bias of histogram
    information, are their own nearest neighbours at distance 0, and leak from the train into the test rows of a probe.
    Random metrics draw anew each time, so the interval includes their own noise; metrics that need the complete grid
    are repeated on all rows, and only if they are random.

    Args:
        rep: what to score.
        metrics: as in `score`; all of `DEFAULT` when None.
        level: confidence level, in (0, 1).
        draws: repetitions, at least 5; the work is about half of `draws` times that of `score`.
        seed: of the scores on all rows, and of the redrawn rows.
        floor: which scores get a floor, on all rows (see `score`).
        progress: True shows a bar; a function is called with (name, number done, number in all).

    Returns:
        one Interval per metric, by its one name (see `score`): value -+ Student's quantile x standard deviation over
        the repetitions, cut to the metric's range.

    Notes:
        The interval covers sampling noise, not bias: a plug-in score on few rows stays biased. Where the move from all
        rows to the redrawn ones, which estimates that bias, is larger than the interval, a note says so. The interval
        says nothing about other training seeds. On a complete grid, which holds all the rows there are, it is the
        interval of as many rows drawn at random.

    Source: Shao and Wu (1989), A general theory for jackknife variance estimation; Politis and Romano (1994).
    """
    specs = specs_of(DEFAULT if metrics is None else metrics)
    quantile = student_quantile(level, draws)
    with shown(progress, "scoring") as show:
        scores = measured(rep, specs, draws, seed, show, floor=floor)
    return {name: _interval(*both, specs[name], level, quantile) for name, both in scores.items()}


def _interval(whole: Score, again: list[Score], spec: Spec, level: float, quantile: float) -> Interval:
    reason = why_missing(whole, again, spec)
    if reason or whole.value is None:
        return Interval(whole, reason=reason)
    values = [answer.value for answer in again]
    low, high = _around(whole.value, values, quantile, _range(spec))
    parts = {
        name: _around(value, [answer.parts[name] for answer in again], quantile)
        for name, value in whole.parts.items()
        if all(name in answer.parts for answer in again)
    }
    note = _bias(whole.value, np.array(values, dtype=np.float64), quantile) if by_rows(spec) else ""
    return Interval(whole, low, high, parts, f"{level:.0%}, {repetitions(spec, len(again))}", note=note)


def _bias(value: float, again: np.ndarray, quantile: float) -> str:
    """A note where the bias exceeds the interval; of halves and bootstraps it is about twice that of all rows."""
    bias, reach = float(again.mean()) - value, quantile * float(np.std(again, ddof=1))
    if abs(bias) <= reach:
        return ""
    moves = "fall" if bias > 0 else "rise"
    return f"bias at this number of rows exceeds the interval: more rows would let it {moves} by some {abs(bias):.3f}"


def _around(
    value: float, again: Sequence[float | None], quantile: float, limits: tuple[float, float] = (-np.inf, np.inf)
) -> tuple[float, float]:
    """The ends, within `limits`; halves are more biased than all rows, so only their deviation counts."""
    reach = quantile * float(np.std(np.array(again, dtype=np.float64), ddof=1))
    low, high = (min(limits[0], value), max(limits[1], value))
    return max(low, value - reach), min(high, value + reach)


def _range(spec: Spec) -> tuple[float, float]:
    """What the metric declares, or no limits for one that declares nothing."""
    said = declared(spec)
    return said.range if said else (-np.inf, np.inf)
