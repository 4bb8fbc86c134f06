"""Several scores rank the runs alike."""

from __future__ import annotations

from collections.abc import Sequence

from unbraid.studies.claims._correlations import agreement
from unbraid.studies.claims._effect import Effect
from unbraid.studies.claims._selection import Scores

__all__ = ["agree"]


def agree(scores: Scores, *, metrics: Sequence[str], threshold: float) -> Effect:
    """Lowest rank correlation between any two of the scores over runs, less a threshold; interval on Fisher's scale.

    Args:
        scores: what the runs scored.
        metrics: the scores.
        threshold: the correlation from which they count as alike.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> frame = pd.DataFrame({"run": [*range(5)] * 2, "layer": 0, "part": "", "metric": ["mig"] * 5 + ["sap"] * 5})
        >>> frame["value"] = [1, 2, 3, 4, 5, 1, 2, 3, 5, 4]
        >>> effect = agree(Scores(frame), metrics=["mig", "sap"], threshold=0.5)
        >>> round(effect.estimate, 2), effect.compared
        (0.4, 'rank correlation: 0.90, between mig and sap')
    """
    return agreement(scores, metrics, threshold)
