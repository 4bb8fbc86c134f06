"""A group scores above a threshold."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import past
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["above"]


def above(scores: Scores, *, metric: str, where: Group, threshold: float) -> Effect:
    """Distance of a group's mean above a threshold, Student's interval over seeds.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        where: the group.
        threshold: in the metric's units.
    """
    return past(scores, metric, where, threshold, sign=1.0)
