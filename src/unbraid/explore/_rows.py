"""Rows by the levels of their factors: the image that factor sliders ask for, also where labels are partly known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.core import Factor, require
from unbraid.data import GroundTruthDataset

MOST = 200_000  # rows of an incomplete table that are searched


class RowFinder:
    """Rows of a dataset by levels.

    Args:
        dataset: the data.
    """

    def __init__(self, dataset: GroundTruthDataset) -> None:
        self.dataset, self.space = dataset, dataset.space
        self._table: np.ndarray | None = None
        self._rows = np.empty(0, dtype=np.int64)
        if len(self.space) and not dataset.complete:
            self._rows = np.linspace(0, len(dataset) - 1, min(MOST, len(dataset))).round().astype(np.int64)
            self._table = dataset.factors(self._rows).astype(np.float64)

    def values(self, k: int) -> list[float]:
        """Values that factor k's slider takes: its levels, or those seen in the rows where it has none."""
        factor = self.space.factors[k]
        if factor.size or self._table is None:
            return [float(level) for level in range(factor.size)]
        seen = np.unique(self._table[~np.isnan(self._table[:, k]), k])
        return [float(value) for value in seen[np.linspace(0, len(seen) - 1, min(len(seen), 40)).round().astype(int)]]

    def row(self, levels: Sequence[float | None], moved: int) -> int:
        """The row of these levels; where no row has them all, the nearest one whose factor `moved` is as asked.

        A level that is missing in a row counts as far from any; one that is None is not asked for.
        """
        require(
            len(levels) == len(self.space) > 0 and 0 <= moved < len(self.space),
            f"an image is chosen by one level for each of the {len(self.space)} factors",
            f"{len(levels)} levels",
        )
        if self._table is None:
            return int(self.space.index(np.array([[int(level or 0) for level in levels]]))[0])
        near = [self._distance(k, float(level)) for k, level in enumerate(levels) if level is not None and k != moved]
        asked = self._distance(moved, float(levels[moved] or 0.0))
        whole = np.sum(near, axis=0) + len(self.space) * 2.0 * asked if near else asked
        return int(self._rows[np.argmin(whole)])

    def levels(self, row: int) -> list[float | None]:
        """Levels of a row; None where one is missing."""
        require(0 <= row < len(self.dataset), f"a row must lie in 0 .. {len(self.dataset) - 1}", row)
        known = self.dataset.factors(np.array([row]))[0].astype(np.float64)
        return [None if np.isnan(level) else float(level) for level in known]

    def _distance(self, k: int, level: float) -> np.ndarray:
        """How far each row's level of factor k is from `level`, 0 .. 1; 1 where it is missing."""
        assert self._table is not None
        factor, column = self.space.factors[k], self._table[:, k]
        if factor.kind == "categorical":
            apart = (column != level).astype(np.float64)
        else:
            apart = np.abs(column - level)
            around = factor.size or factor.period
            if factor.kind == "circular" and around:
                apart = np.minimum(apart, around - apart)
            apart = apart / max(float(np.nanmax(column) - np.nanmin(column)), 1e-12)
        return np.where(np.isnan(column), 1.0, apart)


def level_text(factor: Factor, level: float | None) -> str:
    """A level as a person reads it: its label, its value with the unit, or its number."""
    if level is None:
        return "unknown"
    if factor.size and factor.labels:
        return factor.labels[int(level)]
    if factor.size and factor.values:
        return f"{factor.values[int(level)]:.3g} {factor.unit}".strip()
    return f"{level:.3g} {factor.unit}".strip()
