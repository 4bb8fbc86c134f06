"""Several scores rank the runs alike."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._comparisons import lowest_agreement
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import Scores

__all__ = ["agree"]


def agree(scores: Scores, *, metrics: Sequence[str], threshold: float) -> Effect:
    """Lowest rank correlation between any two of the scores over runs, less a threshold; bootstrap interval.

    Args:
        scores: what the runs scored.
        metrics: the scores.
        threshold: the correlation from which they count as alike.
    """
    correlation, runs, compared = lowest_agreement(scores, metrics)
    estimate, low, high = (value - threshold for value in correlation)
    return Effect(estimate, low, high, runs, compared, resampled=True)
