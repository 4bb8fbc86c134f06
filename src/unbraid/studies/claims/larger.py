"""One group scores higher than another."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import between
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["larger"]


def larger(scores: Scores, *, metric: str, larger: Group, smaller: Group) -> Effect:
    """Difference of the means of two groups, tested by exact permutation of their runs.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        larger: the group that is claimed to score higher.
        smaller: the other.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = larger(Scores(frame), metric="mig", larger={"objective": "beta_vae"}, smaller={"objective": "vae"})
        >>> round(effect.estimate, 2), effect.compared
        (0.4, 'mig: 0.550 against 0.150')
    """
    return between(scores, metric, larger, smaller)
