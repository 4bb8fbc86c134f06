"""Pairs of rows: that differ in exactly one factor, in one factor at least, or that are drawn at random."""

from __future__ import annotations

import math

import numpy as np

from unbraid.data._dataset import GroundTruthDataset, known_rows

Pairs = tuple[np.ndarray, np.ndarray]


def pairs_along(dataset: GroundTruthDataset, factor: int, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Rows a and b [pairs] that differ in the factor at column `factor` and in no other; None where none exist.

    On a complete grid a is uniform over all rows and b over the other levels of the factor. In a table, a is
    uniform over the rows that have a partner, and b over the partners of a; rows with missing levels have none.
    """
    if dataset.complete:
        return _pairs_of_grid(dataset, factor, pairs, rng)
    rows = known_rows(dataset)
    both = _pairs_of_table(dataset.factors(rows), factor, pairs, rng)
    return None if both is None else (rows[both[0]], rows[both[1]])


def random_pairs(rows: int, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Two different rows, uniform over all; None when there are fewer than two."""
    if rows < 2:
        return None
    a = rng.integers(rows, size=pairs)
    return a, (a + rng.integers(1, rows, size=pairs)) % rows


def pairs_of_levels(column: np.ndarray, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Rows a, uniform, and b, uniform among those of another level in `column` [N]; None where there is one level."""
    order = np.argsort(column, kind="stable")
    levels, start, count = np.unique(column[order], return_index=True, return_counts=True)
    if len(levels) < 2:
        return None
    a = rng.integers(len(column), size=pairs)  # places in the sorted column
    run = np.searchsorted(start, a, side="right") - 1
    b = rng.integers(len(column) - count[run])
    return order[a], order[np.where(b >= start[run], b + count[run], b)]


def _pairs_of_grid(dataset: GroundTruthDataset, factor: int, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Pairs of a complete grid, by arithmetic on the row numbers."""
    size = dataset.space.sizes[factor]
    if size < 2:
        return None
    a = rng.integers(dataset.space.combinations, size=pairs)
    factors = dataset.space.levels(a)
    factors[:, factor] = (factors[:, factor] + rng.integers(1, size, size=pairs)) % size
    return a, dataset.space.index(factors)


def _pairs_of_table(table: np.ndarray, factor: int, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Pairs of any table [N, K]: rows sorted so that the others' groups, and equal levels in them, are runs."""
    group = groups_of(np.delete(table, factor, axis=1))
    order = np.lexsort((table[:, factor], group))
    group, level = group[order], table[order, factor]
    new_group = np.append(True, group[1:] != group[:-1])
    group_start, group_end = _runs(new_group)
    level_start, level_end = _runs(np.append(True, new_group[1:] | (level[1:] != level[:-1])))
    partners = (group_end - group_start) - (level_end - level_start)
    eligible = np.flatnonzero(partners)
    if not len(eligible):
        return None
    a = rng.choice(eligible, size=pairs)
    b = group_start[a] + rng.integers(partners[a])
    b = np.where(b >= level_start[a], b + level_end[a] - level_start[a], b)  # step over the rows of a's own level
    return order[a], order[b]


def groups_of(table: np.ndarray) -> np.ndarray:
    """A number for each row of [N, K], int64, equal where rows are equal."""
    sizes = [int(size) for size in table.max(axis=0, initial=0) + 1]
    if np.issubdtype(table.dtype, np.integer) and math.prod(sizes) < 2**62:
        return np.ravel_multi_index(tuple(table.T), sizes) if sizes else np.zeros(len(table), np.int64)
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)


def _runs(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First place and end of the run that each place is in, from a mask of the places where runs start."""
    first = np.flatnonzero(starts)
    lengths = np.diff(np.append(first, len(starts)))
    return np.repeat(first, lengths), np.repeat(first + lengths, lengths)
