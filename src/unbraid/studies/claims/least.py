"""One group scores lower than each of several others."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._comparisons import rivals, strongest
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores
from unbraid.studies.claims._statistics import difference

__all__ = ["least"]


def least(scores: Scores, *, metric: str, least: Group, among: Sequence[Group]) -> Effect:
    """Difference of the lowest of the others from the claimed least, Welch's interval over seeds.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        least: the group that is claimed to score lowest.
        among: the others.
    """
    values, others = scores.values(metric, least), rivals(scores, metric, among)
    rival = strongest(others, min)
    compared = f"{metric}: {values.mean():.3f} against {others[rival].mean():.3f} of {rival}, the lowest of the others"
    runs = len(values) + sum(map(len, others.values()))
    return Effect(*difference(others[rival], values), runs, compared)
