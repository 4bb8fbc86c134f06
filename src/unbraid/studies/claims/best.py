"""One group scores higher than each of several others."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._comparisons import rival
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["best"]


def best(scores: Scores, *, metric: str, best: Group, among: Sequence[Group], lower_is_better: bool = False) -> Effect:
    """Difference of the claimed best from each of the others, of which the least counts.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        best: the group that is claimed to be best.
        among: the others.
        lower_is_better: whether the best scores lowest.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = best(Scores(frame), metric="mig", best={"objective": "beta_vae"}, among=[{"objective": "vae"}])
        >>> round(effect.estimate, 2), effect.compared
        (0.4, 'mig: 0.550 against 0.150 of objective vae, the best of the others')
    """
    sign, word = (-1.0, "lowest") if lower_is_better else (1.0, "best")
    return rival(scores, metric, best, among, sign, word)
