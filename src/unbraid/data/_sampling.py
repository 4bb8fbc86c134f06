"""Which rows a training step sees: single rows, and pairs that differ in few factors."""

from __future__ import annotations

import numpy as np

from unbraid.core import UsageError, require
from unbraid.data._dataset import GroundTruthDataset, rows_within

TRIES = 200  # proposals per row of an incomplete table before giving up


def draw_rows(dataset: GroundTruthDataset, rng: np.random.Generator, count: int) -> np.ndarray:
    """Row numbers [count] for one batch: as the dataset draws them, else uniform with replacement."""
    if dataset.draw is not None:
        return dataset.draw(rng, count)
    require(len(dataset), "a dataset must hold images to draw from", f"{dataset.name} with none")
    return rng.integers(0, len(dataset), count, dtype=np.int64)


def draw_partners(
    dataset: GroundTruthDataset, index: np.ndarray, rng: np.random.Generator, *, changed: int | None = None
) -> np.ndarray:
    """For each row another one that differs from it in exactly k factors and agrees in the others.

    k is uniform over 1 .. F, with F the factors of more than one level, and every set of k factors is as likely.
    In a table that is not a complete grid, proposals that it does not hold are drawn again, so that its k follows
    from what it holds. Where a dataset draws its rows unevenly, that shapes the first of a pair, not its partner. Rows
    that are held out for scoring are nobody's partner.

    Args:
        dataset: with factors that have levels.
        index: rows [N].
        rng: where the draws come from.
        changed: k itself, 1 .. F.

    Returns:
        rows int64 [N].

    Raises:
        UsageError: no factors, continuous ones, `changed` out of range, or a table without such pairs.

    Source: Locatello et al. (2020), "Weakly-Supervised Disentanglement Without Compromises", Sec. 5.
    """
    moving = _moving_factors(dataset)
    require(
        changed is None or 1 <= changed <= len(moving),
        f"changed must lie in 1 .. {len(moving)}, the factors of {dataset.name} with several levels",
        changed,
    )
    factors = dataset.factors(rows_within(index, len(dataset)))
    if dataset.complete:
        return dataset.space.index(_proposals(dataset, factors, moving, rng, changed))
    if dataset.cubes:
        return np.asarray(index, dtype=np.int64) ^ _changed_bits(len(factors), dataset.cubes, rng, changed)
    partners = np.full(len(factors), -1, dtype=np.int64)
    for _ in range(TRIES):
        left = np.flatnonzero(partners < 0)
        if not len(left):
            return partners
        proposals = _proposals(dataset, factors[left], moving, rng, changed)
        rows = _rows_of(dataset, dataset.space.index(proposals), rng)
        partners[left] = np.where(rows < dataset.training_rows, rows, -1)
    raise UsageError(
        f"pairs that share factors need a table that holds them; {dataset.name} has none for "
        f"{int((partners < 0).sum())} of {len(factors)} rows in {TRIES} tries. "
        "Use a complete grid or independent pairs."
    )


def _moving_factors(dataset: GroundTruthDataset) -> np.ndarray:
    """Columns of factors with more than one level."""
    sizes = np.array(dataset.space.sizes, dtype=np.int64)
    require(
        len(sizes) and (sizes >= 1).all() and (sizes > 1).any(),
        "pairs that share factors need factors with levels",
        f"{dataset.name} with {len(sizes)} factors of sizes {tuple(sizes.tolist())}",
        "use a dataset with known factors, or an objective that takes single images or independent pairs",
    )
    return np.flatnonzero(sizes > 1)


def _proposals(
    dataset: GroundTruthDataset, factors: np.ndarray, moving: np.ndarray, rng: np.random.Generator, changed: int | None
) -> np.ndarray:
    """Levels [N, K] that differ from `factors` in k of the `moving` columns."""
    count, sizes = len(factors), np.array(dataset.space.sizes)[moving]
    changes = _changes(count, len(moving), rng, changed)
    shift = 1 + rng.integers(0, sizes - 1, (count, len(moving)))  # 1 .. size - 1: the level surely differs
    proposals = factors.copy()
    proposals[:, moving] = (factors[:, moving] + shift * changes) % sizes
    return proposals


def _changes(count: int, moving: int, rng: np.random.Generator, changed: int | None) -> np.ndarray:
    """Which of the `moving` factors change in each of `count` pairs: k of them, bool [count, moving]."""
    k = rng.integers(1, moving + 1, count) if changed is None else np.full(count, changed)
    rank: np.ndarray = rng.random((count, moving)).argsort(axis=1).argsort(axis=1)
    return rank < k[:, None]


def _changed_bits(count: int, moving: int, rng: np.random.Generator, changed: int | None) -> np.ndarray:
    """The same as bits of row numbers [count], for rows in cubes."""
    bits: np.ndarray = (_changes(count, moving, rng, changed) << np.arange(moving)).sum(axis=1)
    return bits


def _rows_of(dataset: GroundTruthDataset, combinations: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A row that shows each combination, any of them where several do, -1 where none does."""
    numbers, rows = dataset.rows_by_combination
    first, last = (np.searchsorted(numbers, combinations, side) for side in ("left", "right"))
    chosen = first + (rng.random(len(combinations)) * (last - first)).astype(np.int64)
    return np.where(last > first, rows[np.minimum(chosen, len(rows) - 1)], -1)
