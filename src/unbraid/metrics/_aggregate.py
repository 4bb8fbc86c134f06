"""Scores of many runs made into one number per run."""

from __future__ import annotations

import numpy as np

from unbraid.core import require


def normalised_sum(values: np.ndarray) -> np.ndarray:
    """Sum over metrics of each run's score divided by the best run's: [R, M] -> [R] in 0 .. M, for ranking runs.

    The number depends on which runs are compared; it ranks them and says nothing about a single one.

    Args:
        values: one row per run, one column per metric (higher is better, at least one above 0); NaN where missing.

    Returns:
        one sum per run; NaN for a run without a value of any of the metrics.

    Raises:
        UsageError: no matrix, a metric without any score above 0.

    Source: Abdi et al. (2019), Table 1.
    """
    values = np.asarray(values, dtype=np.float64)
    require(
        values.ndim == 2 and values.size > 0, "normalised sum needs a table [runs, metrics]", f"shape {values.shape}"
    )
    best = np.max(values, axis=0, initial=-np.inf, where=np.isfinite(values))
    bad = np.flatnonzero(~(best > 0)).tolist()
    require(
        not bad, "normalised sum needs a score above 0 in every column", f"none in columns {bad}", "leave those out"
    )
    sums: np.ndarray = (values / best).sum(axis=1)
    return sums
