"""Confidence intervals of scores over rows and draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from unbraid.core import Progress, Spec, shown
from unbraid.core.checked import checked
from unbraid.core.values import Range, Seed
from unbraid.metrics._floors import FloorChoice
from unbraid.metrics._properties import declared
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._resampling import (
    DRAWS,
    bias,
    measured,
    repetitions,
    require_interval,
    standard_error,
    student_quantile,
    why_missing,
)
from unbraid.metrics._score import MetricLike, default_metrics, specs_of

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


@checked
def intervals(
    rep: Representation,
    metrics: MetricLike | Iterable[MetricLike] | None = None,
    *,
    level: float = 0.95,
    draws: Annotated[int, Range(most=1_000_000)] = DRAWS,
    seed: Seed = 0,
    floor: FloorChoice = "quick",
    progress: Progress | bool | None = True,
) -> dict[str, Interval]:
    """Score `rep`, and estimate the interval of each score from `draws` repetitions on redrawn rows.

    How rows are redrawn is declared by each metric (`Properties.resampled`):

    - *parts*: the rows fall at random into `draws` parts, of which each is left out in turn (the jackknife by groups).
      The score is then measured at nearly the number of rows it has, so that bias, clipping and the extremes that it
      reads are those of the score itself. For metrics without chance of their own.
    - *halves* of the rows, without replacement, with other seeds (the delete-half jackknife): for metrics that draw or
      split rows themselves, whose own noise leaving out a part would count many times over.

    Rows drawn *with* replacement are not used: repeated rows double the plug-in bias of histogram information, are
    their own nearest neighbours at distance 0, and leak from the train into the test rows of a probe. Metrics that need
    the complete grid are repeated on all rows, and only if they are random; counts over a threshold have no interval.

    Args:
        rep: what to score.
        metrics: as in `score`; all of `DEFAULT` when None.
        level: confidence level, in (0, 1).
        draws: repetitions, at least 5; the work is at most `draws` times that of `score`.
        seed: of the scores on all rows, and of the redrawn rows.
        floor: which scores get a floor, on all rows (see `score`).
        progress: True shows a bar; a function is called with (name, number done, number in all).

    Returns:
        one Interval per metric, by its one name (see `score`): value -+ Student's quantile x standard error, cut to the
        metric's range.

    Notes:
        The interval is of the score that is expected at this number of rows, and not of what it would be with more: a
        plug-in score on few rows stays biased. Where the bias, estimated from how the score moves when there are fewer
        rows, is larger than the interval, a note says so. How often intervals hold what they should is measured by
        `python -m benchmarks.coverage`: docs/coverage. The interval says nothing about other training seeds. On a
        complete grid, which holds all the rows there are, it is the interval of as many rows drawn at random. Scores
        that draw at most 10,000 of more rows have an interval that is too narrow, at worst by a root of 2 at 20,000.

    Source: Shao and Wu (1989), A general theory for jackknife variance estimation; Tukey (1958) for parts.
    """
    require_interval(level, draws)
    specs = specs_of(default_metrics(rep) if metrics is None else metrics)
    quantile = student_quantile(level, draws)
    with shown(progress, "scoring") as show:
        scores = measured(rep, specs, draws, seed, show, floor=floor)
    return {name: interval_of(*both, specs[name], level, quantile) for name, both in scores.items()}


def interval_of(whole: Score, again: list[Score], spec: Spec, level: float, quantile: float) -> Interval:
    reason = why_missing(whole, again, spec)
    if reason or whole.value is None:
        return Interval(whole, reason=reason)
    values = np.array([answer.value for answer in again], dtype=np.float64)
    reach = quantile * standard_error(values, spec)
    parts = {
        name: (value - part_reach, value + part_reach)
        for name, value in whole.parts.items()
        if all(name in answer.parts for answer in again)
        for part_reach in [quantile * standard_error(np.array([answer.parts[name] for answer in again]), spec)]
    }
    low, high = _range(spec)
    return Interval(
        whole,
        low=max(min(low, whole.value), whole.value - reach),
        high=min(max(high, whole.value), whole.value + reach),
        parts=parts,
        method=f"{level:.0%}, {repetitions(spec, len(again))}",
        note=_bias_note(bias(values, whole.value, spec), reach),
    )


def _bias_note(shift: float, reach: float) -> str:
    """A note where the estimated bias of all rows exceeds the interval."""
    if abs(shift) <= reach:
        return ""
    moves = "fall" if shift > 0 else "rise"
    return f"bias at this number of rows exceeds the interval: more rows would let it {moves} by some {abs(shift):.3f}"


def _range(spec: Spec) -> tuple[float, float]:
    """What the metric declares, or no limits for one that declares nothing."""
    said = declared(spec)
    return said.range if said else (-np.inf, np.inf)
