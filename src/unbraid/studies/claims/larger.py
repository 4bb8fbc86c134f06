"""One group scores higher than another."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import between
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["larger"]


def larger(scores: Scores, *, metric: str, larger: Group, smaller: Group) -> Effect:
    """Difference of the means of two groups, Welch's interval over seeds.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        larger: the group that is claimed to score higher.
        smaller: the other.
    """
    return between(scores, metric, larger, smaller)
