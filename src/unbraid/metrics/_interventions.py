"""Rows that share a factor's level: interventions as row selections, on a complete grid or on sampled rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unbraid.metrics._information import factor_levels
from unbraid.metrics._representation import Representation

CELLS = 1 << 17  # numbers gathered at once: 1 MB, so that a batch stays in the processor's cache


@dataclass(frozen=True)
class Interventions:
    """Draws rows freely, or with one factor at a given level.

    On a complete grid the other factors are then uniform and independent (index arithmetic). On sampled rows they
    follow the rows that have that level (grouping): a row is drawn from its group, with replacement.

    Args:
        levels: level numbers [N, K].
        sizes: levels per factor [K].
        complete: row i is combination i of the grid.
        groups: per factor, the row numbers sorted by level, the start of each level and its count.
    """

    levels: np.ndarray
    sizes: np.ndarray
    complete: bool
    groups: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...] = ()

    @classmethod
    def of(cls, rep: Representation, bins: int = 20) -> Interventions:
        """Those of a representation; continuous factors are cut into `bins` equal widths."""
        found = factor_levels(rep, bins)
        sizes = found.max(axis=0) + 1 if not rep.complete else np.asarray(rep.space.sizes)
        if rep.complete:
            return cls(found, sizes, True)
        return cls(found, sizes, False, tuple(_group(found[:, k], sizes[k]) for k in range(found.shape[1])))

    def free(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Rows drawn uniformly."""
        return rng.integers(len(self.levels), size=shape)

    def at(self, k: int, level: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Rows [*shape] whose factor k has `level`, which broadcasts to the shape; every level must occur."""
        if self.complete:
            rows, stride = self.free(shape, rng), int(np.prod(self.sizes[k + 1 :]))
            return rows + (level - rows // stride % self.sizes[k]) * stride
        order, start, count = self.groups[k]
        return order[start[level] + (rng.random(shape) * count[level]).astype(np.int64)]


def _group(level: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = np.bincount(level, minlength=size)
    return np.argsort(level, kind="stable"), np.cumsum(count) - count, count


def pieces(votes: int, batch: int, latents: int) -> list[slice]:
    """Slices of `votes` small enough that batch x slice x latents numbers fit the cache."""
    step = max(1, CELLS // (batch * latents))
    return [slice(start, min(start + step, votes)) for start in range(0, votes, step)]
