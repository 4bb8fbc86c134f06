"""One factor walking through its levels while the others stand still."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.data._dataset import GroundTruthDataset, known_rows
from unbraid.data._pairs import groups_of

Walk = tuple[np.ndarray, np.ndarray]


def walk_along(dataset: GroundTruthDataset, factor: int, *, steps: int = 10, row: int | None = None) -> Walk | None:
    """Images of at most `steps` levels of one factor, the others fixed; None where a table holds no two such rows.

    Args:
        dataset: with factors.
        factor: its column.
        steps: levels shown, evenly spread over those there are.
        row: whose other levels are kept; None takes the middle of a complete grid, the first row of a dataset that
            renders, and in other tables the row whose factor is seen at the most levels.

    Returns:
        images uint8 [S, C, H, W], and the factor levels [S, K] that they show.
    """
    if dataset.complete:
        middle = np.array([size // 2 for size in dataset.space.sizes])
        start = middle if row is None else dataset.factors(np.array([row]))[0]
        factors = _varied(start, factor, np.arange(dataset.space.sizes[factor]), steps)
        return dataset.images(dataset.space.index(factors)), factors
    table = dataset.factors(np.arange(len(dataset)))
    if dataset.render is not None:
        factors = _varied(table[row or 0], factor, np.unique(table[:, factor]), steps)
        return dataset.render(factors), factors
    known = known_rows(dataset)
    if not len(known):
        return None
    if row is not None:
        require(row in known, "a walk must start at a row without missing levels", f"row {row}")
    rows = known[_rows_along(table[known], factor, None if row is None else int(np.searchsorted(known, row)))]
    if len(rows) < 2:
        return None
    rows = rows[_spread(len(rows), steps)]
    return dataset.images(rows), table[rows]


def _varied(start: np.ndarray, factor: int, levels: np.ndarray, steps: int) -> np.ndarray:
    """Copies of one row of factors, the factor set to some of `levels`."""
    levels = levels[_spread(len(levels), steps)]
    factors = np.repeat(start[None].astype(levels.dtype), len(levels), axis=0)
    factors[:, factor] = levels
    return factors


def _rows_along(table: np.ndarray, factor: int, row: int | None) -> np.ndarray:
    """Rows that differ from one row in the factor only, one for each level seen, in the order of the levels."""
    group = groups_of(np.delete(table, factor, axis=1))
    chosen = None if row is None else group[row]
    order = np.lexsort((np.arange(len(table)), table[:, factor], group))
    group, level = group[order], table[order, factor]
    new = np.append(True, (group[1:] != group[:-1]) | (level[1:] != level[:-1]))
    order, group = order[new], group[new]  # the first row of each level of each group
    if chosen is None:
        names, counts = np.unique(group, return_counts=True)
        chosen = names[counts.argmax()]
    rows: np.ndarray = order[group == chosen]
    return rows


def _spread(count: int, steps: int) -> np.ndarray:
    """At most `steps` places out of `count`, evenly spread, ends included."""
    return np.round(np.linspace(0, count - 1, min(steps, count))).astype(np.int64)
