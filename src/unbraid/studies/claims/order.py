"""Several groups score in an order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from unbraid.studies.claims._comparisons import against_each, of_arms, require_same_size
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["order"]


def order(scores: Scores, *, metric: str, order: Sequence[Group], lower_is_better: bool = False) -> Effect:
    """Differences of neighbours along the claimed order, best first, of which the least counts.

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
    arms = [scores.arm(metric, group) for group in order]
    require_same_size(scores, metric, *arms)
    signed = [rows.assign(value=sign * rows["value"]) for rows in arms]
    steps = [of_arms(one, other, "") for one, other in itertools.pairwise(signed)]
    means = ", ".join(f"{rows['value'].mean():.3f}" for rows in arms)
    return against_each(steps, f"{scores.name(metric)} in the claimed order: {means}", sum(map(len, arms)))
