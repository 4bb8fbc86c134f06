"""A score rises or falls with the depth of the latent layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from unbraid.studies.claims._effect import Direction, Effect, sign_of
from unbraid.studies.claims._selection import Scores, TooFewRunsError
from unbraid.studies.claims._statistics import half_width

__all__ = ["by_layer"]


def by_layer(scores: Scores, *, metric: str, direction: Direction, layers: Sequence[int] | None = None) -> Effect:
    """Rank correlation of a score with the latent layer within each run, mean over runs, Student's interval.

    Args:
        scores: what the runs scored.
        metric: the score that rises or falls.
        direction: up or down.
        layers: these layers only, from 0; all when None.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> frame = pd.DataFrame({"run": [0, 0, 0, 1, 1, 1], "layer": [0, 1, 2, 0, 1, 2]})
        >>> frame["value"] = [0.1, 0.2, 0.3, 0.2, 0.1, 0.4]
        >>> effect = by_layer(Scores(frame.assign(metric="mig", part="")), metric="mig", direction="up")
        >>> effect.estimate  # the mean of 1 and 0.5
        0.75
    """
    rows = scores.rows(metric)
    rows = rows[rows["layer"].isin(layers)] if layers else rows
    correlations = np.array(
        [
            sign_of(direction) * float(stats.spearmanr(run["layer"], run["value"]).statistic)
            for _, run in rows.groupby("run")
            if len(run) >= 3 and run["value"].nunique() > 1
        ]
    )
    runs = len(correlations)
    if runs < 2:
        raise TooFewRunsError(f"{metric} by layer: {runs} runs have it in three layers, and two are the least")
    mean, half = float(correlations.mean()), half_width(correlations)
    compared = f"Spearman correlation of {metric} with the layer, mean of {runs} runs"
    return Effect(mean, mean - half, mean + half, runs, compared)
