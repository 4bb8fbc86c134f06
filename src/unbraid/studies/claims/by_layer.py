"""A score rises or falls with the depth of the latent layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from unbraid.studies.claims._combined_tests import Both, OnFisherScale
from unbraid.studies.claims._comparisons import one_arm, require_same_size
from unbraid.studies.claims._effect import Direction, Effect, sign_of, tested
from unbraid.studies.claims._permutations import paired
from unbraid.studies.claims._selection import Scores, TooFewRunsError
from unbraid.studies.claims._tests import Test

__all__ = ["by_layer"]


def by_layer(scores: Scores, *, metric: str, direction: Direction, layers: Sequence[int] | None = None) -> Effect:
    """Rank correlation of a score with the latent layer within each run, mean over runs on Fisher's scale.

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
        >>> scores = Scores(frame.assign(metric="heldout/head", part=""))
        >>> effect = by_layer(scores, metric="heldout/head", direction="up")
        >>> round(effect.estimate, 2)  # of 1 and 0.5
        0.74
    """
    rows = scores.rows(metric)
    rows = rows[rows["layer"].isin(layers)] if layers else rows
    require_same_size(scores, metric, rows)
    layered = [run for _, run in rows.groupby("run") if len(run) >= 3 and run["value"].nunique() > 1]
    depths = np.array([len(run) for run in layered])
    sign = sign_of(direction)
    correlations = np.array([sign * stats.spearmanr(run["layer"], run["value"]).statistic for run in layered])
    runs = len(correlations)
    if runs < 2:
        raise TooFewRunsError(f"{metric} by layer: {runs} runs have it in three layers, and two are the least")
    test = within_runs(correlations, depths)
    compared = f"Spearman correlation of {scores.name(metric)} with the layer, mean of {runs} runs on Fisher's scale"
    return tested(float(np.tanh(on_layers(correlations, depths).mean())), test, runs, compared, seeds=runs)


def within_runs(correlations: np.ndarray, depths: np.ndarray) -> Test:
    """The test of a mean correlation, on Fisher's scale: signs of runs are flipped, and Student's t must agree.

    Flipping is exact where runs scatter evenly about the margin; with few layers they do not, and t errs less.
    """
    z = on_layers(correlations, depths)
    flipped, (student, equal) = paired(z)[1], one_arm(z, peaks=False)
    return OnFisherScale(flipped if equal else Both((flipped, student)))


def on_layers(correlations: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """arctanh; of a correlation of 1 that of a quarter step below it, where runs scatter as evenly as below."""
    most = 1 - 3 / (depths**3.0 - depths)
    return np.asarray(np.arctanh(np.clip(correlations, -most, most)))
