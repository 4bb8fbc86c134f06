"""Levels of factors and bins of latents: the numbers 0, 1, … that tables of counts are made from."""

from __future__ import annotations

from itertools import compress

import numpy as np

from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_factors, require_levels

SMALLEST, LIFT = 1e-290, 600  # ranges below are multiplied by 2 to that power
CONTINUOUS_BINS = 20  # equal-width bins of a continuous factor, where a metric has no option for them


def bin_numbers(values: np.ndarray, bins: int) -> np.ndarray:
    """Number of the equal-width bin, over each column's own range, of `values` [N, D] -> int64 [N, D] in 0 .. bins - 1.

    A constant column falls into one bin. The edges keep the precision of `values`.
    """
    values = np.asarray(values)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    numbers = np.empty(values.shape, dtype=np.int64)
    for j in range(values.shape[1]):
        numbers[:, j] = _column_bins(np.ascontiguousarray(values[:, j]), bins)
    return numbers


def _column_bins(column: np.ndarray, bins: int) -> np.ndarray:
    low, high = column.min(), column.max()
    if low == high:
        return np.zeros(len(column), dtype=np.int64)
    if column.dtype == np.float64 and float(high) - float(low) < SMALLEST:
        column = np.ldexp(column - low, LIFT)  # exact; bins of such a width have no inverse
        low, high = column.min(), column.max()
    edges = np.linspace(low, high, bins + 1, dtype=column.dtype)
    if np.any(np.diff(edges) <= 0):  # the range spans fewer representable numbers than bins
        return np.minimum(np.unique(column, return_inverse=True)[1], bins - 1)
    scale = bins / (float(high) - float(low))
    guess = np.clip(((column.astype(np.float64) - float(low)) * scale).astype(np.int64), 0, bins - 1)
    guess -= column < edges[guess]  # the edges decide; rounding puts the guess at most one bin beside them
    return guess + ((guess < bins - 1) & (column >= edges[guess + 1]))


def factor_levels(rep: Representation, bins: int, factor_bins: int = 0) -> np.ndarray:
    """Level numbers int64 [N, K]; continuous factors, with `factor_bins` all but categorical ones, in equal widths."""
    require_levels(rep)
    columns = []
    for k, factor in enumerate(rep.space.factors):
        column = rep.factors[:, k : k + 1]
        if factor.size < 1 or (factor_bins and factor.kind != "categorical"):
            columns.append(bin_numbers(column, factor_bins or bins))
        else:
            columns.append(column.astype(np.int64))
    return np.concatenate(columns, axis=1) if columns else np.empty((len(rep), 0), dtype=np.int64)


def varying_levels(
    rep: Representation, metric: str, bins: int, factor_bins: int = 0, factors: int = 1
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Level numbers (see `factor_levels`) and names of the factors that vary; `UsageError` for fewer than `factors`."""
    levels = factor_levels(rep, bins, factor_bins)
    varying = np.ptp(levels, axis=0) > 0
    require_factors(varying, factors, metric)
    return levels[:, varying], tuple(compress(rep.space.names, varying))
