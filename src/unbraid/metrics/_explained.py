"""How much of each factor a single latent explains, along any curve: local means in the order of the latent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np


class Ordered(NamedTuple):
    """The rows [N] in the order of a column, and where in it each group of rows of equal value begins."""

    rows: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, column: np.ndarray) -> Ordered:
        """The order of the column's values."""
        rows = np.argsort(column, kind="stable")
        values = column[rows]
        return cls(rows, np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1]))


def explained(columns: Sequence[Ordered], wanted: Iterable[np.ndarray], neighbours: int) -> np.ndarray:
    """Share of the variance of each of `wanted` [N, M_k] that each of `columns` explains -> [D, K].

    A row is predicted by the mean of its neighbours in the order of the column, itself left out: all rows of the same
    value and, where these are fewer than `neighbours`, as many as are missing, half of them on either side. With n_i
    neighbours, the squared error of a column that explains nothing is (1 + 1 / n_i) times the variance, so

        share = 1 - mean over i of n_i / (n_i + 1) |y_i - mean of its neighbours|^2 / variance

    is 0 on average there (it may be negative), and 1 where the column determines the factor. It estimates the
    correlation ratio, and stays the same under rising and falling maps of a column. Of a constant there is nothing to
    explain: 0.
    """
    table = []
    for targets in wanted:
        centred = targets - targets.mean(axis=0)
        variance = (centred**2).sum() / (len(centred) - 1)
        errors = np.array([_error(column, centred, neighbours) for column in columns])
        table.append(1 - errors / variance if variance > 0 else np.zeros(len(columns)))
    return np.array(table).T


def _error(column: Ordered, targets: np.ndarray, neighbours: int) -> float:
    """Mean weighted squared error of local means of `targets` [N, M]."""
    rows, first = len(targets), column.first
    sought = targets[column.rows]
    size = np.diff(first, append=rows)
    beside = np.maximum(0, -((size - 1 - neighbours) // 2))
    low, high = np.maximum(first - beside, 0), np.minimum(first + size + beside, rows)
    equal = np.repeat(np.add.reduceat(sought, first) / size[:, None], size, axis=0)  # their order means nothing
    sums = np.concatenate([np.zeros((1, targets.shape[1])), np.cumsum(equal, axis=0)])
    near = np.repeat(high - low - 1, size)[:, None]
    around = np.repeat(sums[high] - sums[low], size, axis=0)
    return float(((sought - (around - sought) / near) ** 2 * (near / (near + 1))).sum() / rows)
