"""One group scores lower than each of several others."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._comparisons import rival
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["least"]


def least(scores: Scores, *, metric: str, least: Group, among: Sequence[Group]) -> Effect:
    """Difference of each of the others from the claimed least, of which the least counts.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        least: the group that is claimed to score lowest.
        among: the others.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = least(Scores(frame), metric="mig", least={"objective": "vae"}, among=[{"objective": "beta_vae"}])
        >>> round(effect.estimate, 2), effect.compared
        (0.4, 'mig: 0.150 against 0.550 of objective beta_vae, the lowest of the others')
    """
    return rival(scores, metric, least, among, -1.0, "lowest")
