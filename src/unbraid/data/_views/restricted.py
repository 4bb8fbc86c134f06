"""Datasets that show a part of another one: fewer levels, chosen rows, or rows drawn unevenly."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, require, require_known
from unbraid.data._dataset import Draw, GroundTruthDataset, rows_within

MOST_ROWS = 50_000_000  # rows that may be listed one by one


class Thinned(GroundTruthDataset):
    """Every n-th level of some factors of a complete grid."""

    def __init__(self, dataset: GroundTruthDataset, every: Mapping[str, int]) -> None:
        require(dataset.complete, "every= thins complete grids only", dataset.name)
        steps = [1] * len(dataset.space)
        for name, step in every.items():
            require(
                isinstance(step, int) and step >= 1,
                f"every.{name} must be a whole number of at least 1",
                step,
            )
            steps[dataset.space.position(name)] = step
        self._dataset, self._steps = dataset, np.array(steps)
        self.name, self.source, self.complete = dataset.name, dataset.source, True
        self.image_shape, self.standardisation = dataset.image_shape, dataset.standardisation
        self.space = FactorSpace(
            tuple(_thinned(factor, step) for factor, step in zip(dataset.space.factors, steps, strict=True))
        )

    def __len__(self) -> int:
        return self.space.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of the kept rows [N] -> uint8 [N, C, H, W]."""
        return self._dataset.images(self._dataset.space.index(self.factors(index) * self._steps))

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels in the thinned space [N] -> [N, K]."""
        return self.space.levels(index)


class Chosen(GroundTruthDataset):
    """Some rows of a dataset, in its own factor space."""

    def __init__(self, dataset: GroundTruthDataset, rows: np.ndarray) -> None:
        self.name, self.space, self.source, self.complete = dataset.name, dataset.space, dataset.source, False
        self.image_shape, self.standardisation = dataset.image_shape, dataset.standardisation
        self._dataset, self._rows = dataset, rows

    def __len__(self) -> int:
        return len(self._rows)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of the chosen rows [N] -> uint8 [N, C, H, W]."""
        return self._dataset.images(self._rows[rows_within(index, len(self))])

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of the chosen rows [N] -> [N, K]."""
        return self._dataset.factors(self._rows[rows_within(index, len(self))])


def without_combinations(
    dataset: GroundTruthDataset, levels: Mapping[str, Sequence[int]], part: str
) -> GroundTruthDataset:
    """The rows outside (`train`) or inside (`test`) the held-out combinations.

    Args:
        dataset: with factors that have levels.
        levels: factor name -> levels; held out are the rows in which every named factor has one of its levels.
        part: `train` or `test`; the two share no row and together are the dataset.
    """
    require_known(part, ("train", "test"), "held_out.part")
    require(
        levels, "held_out must name at least one factor and its levels", dict(levels), "like {shape: [0], posX: [0]}"
    )
    _require_uniform(dataset, "held_out")
    require(len(dataset) <= MOST_ROWS, f"held_out lists rows, at most {MOST_ROWS}", len(dataset), "thin it with every=")
    inside = np.ones(len(dataset), dtype=bool)
    factors = dataset.factors(np.arange(len(dataset)))
    for name, chosen in levels.items():
        factor = dataset.space.factors[dataset.space.position(name)]
        valid = isinstance(chosen, Sequence) and all(isinstance(c, (int, np.integer)) for c in chosen)
        require(
            valid and chosen and min(chosen) >= 0 and max(chosen) < factor.size,
            f"held_out.{name} must list levels in 0 .. {factor.size - 1}",
            chosen,
        )
        inside &= np.isin(factors[:, dataset.space.position(name)], chosen)
    rows = np.flatnonzero(inside if part == "test" else ~inside)
    require(len(rows), f"held_out must leave rows in its {part} part", f"{dict(levels)}, which leaves none")
    return Chosen(dataset, rows)


def drawn_correlated(
    dataset: GroundTruthDataset, factors: Sequence[str], sigma: float, slope: float
) -> GroundTruthDataset:
    r"""The same rows, of which training draws those with two related factors more often.

        p(a, b) ~ exp(-(a - slope b)^2 / (2 sigma^2)),   a and b scaled to 0 .. 1 over their levels

    and every other factor as before. Encoding and evaluation still see all rows alike.

    Args:
        dataset: with factors that have levels.
        factors: the names of a and b.
        sigma: how loosely they are related; 0.2 is strong, 0.7 weak, infinity not at all.
        slope: alpha of the paper; below 0 the relation is to 1 - b instead, with slope -alpha.

    Source: Träuble et al. (2021), "On Disentangled Representations Learned From Correlated Data", Sec. 3.
    """
    two = isinstance(factors, Sequence) and len(factors) == 2 and len(set(factors)) == 2
    require(two, "correlated.factors must name two different factors", factors, "like [posX, posY]")
    require(sigma > 0, "correlated.sigma must be positive", sigma)
    _require_uniform(dataset, "correlated")
    first, second = (dataset.space.position(name) for name in factors)
    a, b = (np.linspace(0, 1, dataset.space.sizes[k]) for k in (first, second))
    related = slope * (b if slope >= 0 else b - 1)  # a falls from -slope to 0 when the slope is negative
    likely = np.exp(-((a[:, None] - related) ** 2) / (2 * sigma**2))  # [size a, size b]
    drawn, where = copy.copy(dataset), (first, second)
    drawn.draw = _grid_draw(dataset.space, where, likely) if dataset.complete else _table_draw(dataset, where, likely)
    return drawn


def _grid_draw(space: FactorSpace, where: tuple[int, int], likely: np.ndarray) -> Draw:
    """Draw a and b together, the other factors uniformly: any size of grid."""
    edges = likely.ravel().cumsum() / likely.sum()

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        factors = rng.integers(0, np.array(space.sizes), (count, len(space)))
        pair = np.searchsorted(edges, rng.random(count), side="right")
        factors[:, where[0]], factors[:, where[1]] = np.divmod(np.minimum(pair, likely.size - 1), likely.shape[1])
        return space.index(factors)

    return draw


def _table_draw(dataset: GroundTruthDataset, where: tuple[int, int], likely: np.ndarray) -> Draw:
    """Draw listed rows by their weight."""
    factors = dataset.factors(np.arange(len(dataset)))
    weights = likely[factors[:, where[0]], factors[:, where[1]]]
    edges = weights.cumsum() / weights.sum()

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        return np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(edges) - 1)

    return draw


def _require_uniform(dataset: GroundTruthDataset, view: str) -> None:
    """These views number levels and replace how rows are drawn."""
    if dataset.draw is not None or not len(dataset.space) or min(dataset.space.sizes) < 1:
        raise UsageError(
            f"{view} needs a dataset whose factors have levels and whose rows are drawn uniformly; "
            f"{dataset.name} has sizes {dataset.space.sizes}. Use a world with known factors."
        )


def _thinned(factor: Factor, step: int) -> Factor:
    """The factor with every `step`-th level."""
    if step == 1:
        return factor
    size = -(-factor.size // step)
    values = factor.values[::step] if factor.values else tuple(float(v) for v in range(0, factor.size, step))
    return Factor(factor.name, size, factor.kind, factor.unit, values, factor.labels[::step], factor.period)
