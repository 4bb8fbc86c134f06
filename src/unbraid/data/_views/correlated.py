"""Training rows drawn so that two factors are correlated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.core import FactorSpace, require
from unbraid.core.values import Endless
from unbraid.data._dataset import Draw, GroundTruthDataset
from unbraid.data._views.requirements import require_levels, require_uniform_draw


def drawn_correlated(
    dataset: GroundTruthDataset, *, factors: Sequence[str], sigma: Endless = 0.2, slope: float = 1.0
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
    require_levels(dataset, "correlated")
    require_uniform_draw(dataset, "correlated")
    first, second = (dataset.space.position(name) for name in factors)
    a, b = (np.linspace(0, 1, dataset.space.sizes[k]) for k in (first, second))
    related = slope * (b if slope >= 0 else b - 1)  # a falls from -slope to 0 when the slope is negative
    likely = np.exp(-((a[:, None] - related) ** 2) / (2 * sigma**2))  # [size a, size b]
    where = (first, second)
    draw = _grid_draw(dataset.space, where, likely) if dataset.complete else _table_draw(dataset, where, likely)
    return dataset.with_info(draw=draw)


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
