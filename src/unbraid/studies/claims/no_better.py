"""One group scores no higher than another."""

from __future__ import annotations

from dataclasses import replace

from unbraid.studies.claims._comparisons import between
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["no_better"]


def no_better(scores: Scores, *, metric: str, better: Group, than: Group) -> Effect:
    """How far the difference of two groups lies below the smallest effect: the claim is that `better` is not better.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        better: the group that one might have expected to score higher.
        than: the other.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = no_better(Scores(frame), metric="mig", better={"objective": "vae"}, than={"objective": "beta_vae"})
        >>> round(effect.estimate, 2), effect.compared
        (-0.4, 'mig: 0.150 against 0.550')
    """
    return replace(between(scores, metric, better, than), exchanged=True)
