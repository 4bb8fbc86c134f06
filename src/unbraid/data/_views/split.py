"""Some rows of a dataset, of which training sees the first and evaluation the others."""

from __future__ import annotations

import math

import numpy as np

from unbraid.core import require, rng
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._views.held_out import MOST_ROWS, Subset
from unbraid.data._views.requirements import require_levels, require_uniform_draw


def split_rows(
    dataset: GroundTruthDataset, *, train: int | float, rows: int | None = None, pairs: bool = False, seed: int = 0
) -> GroundTruthDataset:
    """Rows drawn without replacement: training draws from `train` of them, and the others are scored.

    So the number of images that models learn from is the same in worlds of different sizes, and no score is of an
    image that was learned.

    Args:
        dataset: any dataset whose rows are drawn uniformly.
        train: rows that are trained on, or their share in (0, 1).
        rows: rows in all; None for the whole dataset.
        pairs: draw the rows in cubes, for objectives that learn from pairs which differ in few factors: hardly two of
            a few rows of a large grid do. A cube holds the 2^F combinations of two levels of each of the F factors, so
            each row has exactly one partner for each set of factors that may change. Needs a complete grid, and
            `rows` and `train` in multiples of 2^F.
        seed: of the drawing; part of the data, not of the run.

    Raises:
        UsageError: more rows than there are, none left to score, or a dataset that has no cubes.
    """
    total = len(dataset) if rows is None else rows
    require(_whole(total) and total <= len(dataset), f"split.rows must be 2 .. {len(dataset)}", rows)
    share = isinstance(train, float) and 0 < train < 1
    trained = min(max(round(train * total), 1), total - 1) if share else int(train)
    require(share or (_whole(train) and train < total), f"split.train must leave rows of {total} to score", train)
    require(total <= MOST_ROWS, f"split lists rows, at most {MOST_ROWS}", total, "say how many with split.rows")
    require_uniform_draw(dataset, "split")
    if pairs:
        chosen, cubes = _cubes(dataset, total, trained, seed)
    else:
        chosen, cubes = rng(seed, 0, "split").choice(len(dataset), total, replace=False), 0

    def draw(stream: np.random.Generator, count: int) -> np.ndarray:
        return stream.integers(0, trained, count, dtype=np.int64)

    return Subset(dataset, chosen, draw=draw, trained=trained, cubes=cubes)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _cubes(dataset: GroundTruthDataset, total: int, train: int, seed: int) -> tuple[np.ndarray, int]:
    """Rows of a grid in cubes that share none [total], and the number of factors F of several levels.

    The levels of the first of these factors are paired at random, and within each pair of them those of the second,
    and so on; a cube is one pair of each. Of an odd number of levels one is left over, in each pairing another: of the
    first factor, which is paired once, that level never occurs.
    """
    require_levels(dataset, "split.pairs")
    require(dataset.complete, "split.pairs needs a complete grid", dataset.name, "leave it out, or every other view")
    sizes = [dataset.space.sizes[k] for k in _moving(dataset)]
    corners = 2 ** len(sizes)
    for name, count in (("rows", total), ("train", train)):
        require(count % corners == 0, f"split.{name} must be a multiple of {corners} where rows are in cubes", count)
    halves = [size // 2 for size in sizes]
    available = math.prod(halves) * corners
    require(total <= available, f"{dataset.name} has at most {available} rows in cubes", total, "draw fewer")
    chosen = rng(seed, 0, "split into cubes").choice(math.prod(halves), total // corners, replace=False)
    pairs = np.stack(np.unravel_index(chosen, halves), axis=1)  # [cubes, F]
    bits = np.arange(corners)[:, None] >> np.arange(len(sizes)) & 1  # [2^F, F]
    levels = np.zeros((len(pairs), corners, len(dataset.space)), dtype=np.int64)
    for number, cube in enumerate(pairs.tolist()):
        for k, column in enumerate(_moving(dataset)):
            paired = rng(seed, 0, f"levels paired within {cube[:k]}").permutation(sizes[k])
            levels[number, :, column] = paired[2 * cube[k] + bits[:, k]]
    return dataset.space.index(levels.reshape(total, -1)), len(sizes)


def _moving(dataset: GroundTruthDataset) -> list[int]:
    """Columns of factors with several levels."""
    return [k for k, size in enumerate(dataset.space.sizes) if size > 1]
