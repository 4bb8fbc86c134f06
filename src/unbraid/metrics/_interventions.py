"""Rows that share a factor's level: interventions as row selections, on a complete grid or on sampled rows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from unbraid.metrics._bins import factor_levels
from unbraid.metrics._representation import Representation

CELLS = 1 << 17  # numbers gathered at once: 1 MB, so that a batch stays in the processor's cache


@dataclass(frozen=True)
class Interventions:
    """Draws rows freely, or with one factor at a given level.

    On a complete grid the other factors are then uniform and independent (index arithmetic on combinations). On
    sampled rows they follow the rows that have that level (grouping): a row is drawn from its group, with replacement.

    Args:
        rows: number of rows N.
        sizes: levels per factor [K].
        levels: per factor, the level of each row [N]; empty on a complete grid.
        groups: per factor, the row numbers sorted by level, the start of each level and its count; empty on a grid.
        grid: on a complete grid, the row of each combination [N] (`Representation.grid_rows`); empty on sampled rows.
    """

    rows: int
    sizes: tuple[int, ...]
    levels: tuple[np.ndarray, ...] = ()
    groups: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...] = ()
    grid: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, rep: Representation, bins: int = 20) -> Interventions:
        """Those of a representation; continuous factors are cut into `bins` equal widths."""
        if rep.complete:
            return cls(len(rep), rep.space.sizes, grid=rep.grid_rows)
        levels = tuple(np.ascontiguousarray(level) for level in factor_levels(rep, bins).T)
        sizes = tuple(int(level.max()) + 1 for level in levels)
        return cls(len(rep), sizes, levels, tuple(map(_group, levels, sizes)))

    def free(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Rows drawn uniformly."""
        return rng.integers(self.rows, size=shape)

    def level(self, k: int, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Levels [*shape] of factor k, as frequent as among the rows."""
        if self.levels:
            return self.levels[k].take(self.free(shape, rng))
        return rng.integers(self.sizes[k], size=shape)

    def at(self, k: int, level: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Rows [*shape] whose factor k has `level`, which broadcasts to the shape; every level must occur."""
        if self.levels:
            order, start, count = self.groups[k]
            rows: np.ndarray = order.take(start.take(level) + (rng.random(shape) * count.take(level)).astype(np.int64))
            return rows
        slower, faster = math.prod(self.sizes[:k]), math.prod(self.sizes[k + 1 :])
        first: np.ndarray = (rng.integers(slower, size=shape) * self.sizes[k] + level) * faster
        return self.grid.take(first + rng.integers(faster, size=shape))


def _group(level: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = np.bincount(level, minlength=size)
    return np.argsort(level, kind="stable"), np.cumsum(count) - count, count


def floating(code: np.ndarray) -> np.ndarray:
    """Codes as they are where they are floating point; whole numbers become float64."""
    return code if np.issubdtype(code.dtype, np.floating) else code.astype(np.float64)


def pieces(votes: int, batch: int, latents: int) -> list[slice]:
    """Slices of `votes` small enough that batch x slice x latents numbers fit the cache."""
    step = max(1, CELLS // (batch * latents))
    return [slice(start, min(start + step, votes)) for start in range(0, votes, step)]
