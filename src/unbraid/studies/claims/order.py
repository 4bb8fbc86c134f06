"""Several groups score in an order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores
from unbraid.studies.claims._statistics import difference

__all__ = ["order"]


def order(scores: Scores, *, metric: str, order: Sequence[Group], lower_is_better: bool = False) -> Effect:
    """The weakest of the neighbouring differences along the claimed order, best first.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        order: the groups, best first.
        lower_is_better: whether the best scores lowest.
    """
    sign = -1.0 if lower_is_better else 1.0
    groups = [scores.values(metric, group) for group in order]
    steps = [difference(sign * one, sign * other) for one, other in itertools.pairwise(groups)]
    weakest = min(steps, key=lambda step: step[1])
    compared = f"{metric} in the claimed order: " + ", ".join(f"{group.mean():.3f}" for group in groups)
    return Effect(*weakest, sum(map(len, groups)), compared)
