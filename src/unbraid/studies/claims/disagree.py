"""Several scores do not rank the runs alike."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._comparisons import lowest_agreement
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import Scores

__all__ = ["disagree"]


def disagree(scores: Scores, *, metrics: Sequence[str], threshold: float) -> Effect:
    """How far the lowest rank correlation between two of the scores lies below a threshold; bootstrap interval.

    Args:
        scores: what the runs scored.
        metrics: the scores.
        threshold: the correlation from which they would count as alike.
    """
    correlation, runs, compared = lowest_agreement(scores, metrics)
    estimate, low, high = (value - threshold for value in correlation)
    return Effect(-estimate, -high, -low, runs, compared, resampled=True)
