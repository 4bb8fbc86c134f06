"""Several scores do not rank the runs alike."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._correlations import agreement
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import Scores

__all__ = ["disagree"]


def disagree(scores: Scores, *, metrics: Sequence[str], threshold: float, pair: Sequence[str] | None = None) -> Effect:
    """How far the lowest rank correlation between two of the scores lies below a threshold; interval on Fisher's scale.

    Args:
        scores: what the runs scored.
        metrics: the scores.
        threshold: the correlation from which they would count as alike.
        pair: the two of them that are claimed to differ; without it, some two of them.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> frame = pd.DataFrame({"run": [*range(5)] * 2, "layer": 0, "part": "", "metric": ["mig"] * 5 + ["sap"] * 5})
        >>> frame["value"] = [1, 2, 3, 4, 5, 1, 2, 3, 5, 4]
        >>> effect = disagree(Scores(frame), metrics=["mig", "sap"], threshold=0.5)
        >>> round(effect.estimate, 2), effect.compared
        (-0.4, 'rank correlation: 0.90, between mig and sap')
    """
    return agreement(scores, pair or metrics, threshold, differ=True)
