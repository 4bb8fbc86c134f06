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

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = order(Scores(frame), metric="mig", order=[{"objective": "beta_vae"}, {"objective": "vae"}])
        >>> round(effect.estimate, 2), effect.compared
        (0.4, 'mig in the claimed order: 0.550, 0.150')
    """
    sign = -1.0 if lower_is_better else 1.0
    groups = [scores.values(metric, group) for group in order]
    steps = [difference(sign * one, sign * other) for one, other in itertools.pairwise(groups)]
    weakest = min(steps, key=lambda step: step[1])
    compared = f"{metric} in the claimed order: " + ", ".join(f"{group.mean():.3f}" for group in groups)
    return Effect(*weakest, sum(map(len, groups)), compared)
