"""Spearman's correlation over runs with a bootstrap interval, for tables; claims use Fisher's scale."""

from __future__ import annotations

import numpy as np
from scipy import stats

from unbraid.studies.claims._selection import TooFewRunsError

CONFIDENCE = 0.95
RESAMPLES = 2000

EstimateAndEnds = tuple[float, float, float]  # the estimate, and the low and the high end of its interval


def rank_correlation(one: np.ndarray, other: np.ndarray) -> EstimateAndEnds:
    """Spearman's correlation with a bootstrap interval over runs.

    Raises:
        TooFewRunsError: fewer than four runs, or a constant score, which has no ranks.
    """
    if len(one) < 4:
        raise TooFewRunsError(f"{len(one)} runs have both scores, and four are the least")
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        raise TooFewRunsError("a score is the same in all runs, so it ranks nothing")
    draws = np.random.default_rng(0).integers(len(one), size=(RESAMPLES, len(one)))
    first, second = (stats.rankdata(values[draws], axis=1) for values in (one, other))
    first, second = (ranks - ranks.mean(1, keepdims=True) for ranks in (first, second))
    scale = np.sqrt((first**2).sum(1) * (second**2).sum(1))
    correlations = ((first * second).sum(1)[scale > 0]) / scale[scale > 0]
    low, high = np.quantile(correlations, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(stats.spearmanr(one, other).statistic), float(low), float(high)
