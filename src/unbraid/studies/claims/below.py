"""A group scores below a threshold."""

from __future__ import annotations

from unbraid.studies.claims._comparisons import past
from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores

__all__ = ["below"]


def below(scores: Scores, *, metric: str, where: Group, threshold: float) -> Effect:
    """Distance of a group's mean below a threshold, Student's interval over seeds.

    Args:
        scores: what the runs scored.
        metric: the score that is compared.
        where: the group.
        threshold: in the metric's units.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> runs = {"run": range(4), "seed": [0, 1, 0, 1], "group": list("aabb")}
        >>> runs["objective"] = ["vae", "vae", "beta_vae", "beta_vae"]
        >>> frame = pd.DataFrame(runs).assign(metric="mig", part="", value=[0.1, 0.2, 0.5, 0.6])
        >>> effect = below(Scores(frame), metric="mig", where={"objective": "vae"}, threshold=0.5)
        >>> round(effect.estimate, 2), effect.compared
        (0.35, 'mig: 0.150 against the threshold 0.5')
    """
    return past(scores, metric, where, threshold, sign=-1.0)
