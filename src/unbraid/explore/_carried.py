"""Which latent carries which factor: shares of each factor's entropy above what permuted rows seem to carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unbraid.core import rng
from unbraid.metrics import Representation
from unbraid.metrics._bins import CONTINUOUS_BINS, bin_numbers
from unbraid.metrics._information import entropies, information_table
from unbraid.report._carriers import carriers, latent_labels

BINS = 20  # equal-width bins of a latent, as in MIG
PERMUTATIONS = 3  # behind each floor: as few as floors of scores begin with
FEWEST = 5 * BINS  # rows with a level; with fewer there is no floor to stand on


@dataclass(frozen=True)
class Carried:
    """Latents against factors.

    Args:
        factors: names of the factors that vary [K].
        above: (information - floor) / (entropy - floor) of each latent and factor [D, K]; 0 is chance, 1 all there is.
        labels: for each latent the factors that it carries, as the report of a run has them [D].
    """

    factors: tuple[str, ...]
    above: np.ndarray
    labels: tuple[str, ...]


def carried(rep: Representation) -> Carried:
    """Mutual information of binned latents and factors above its floor; rows without a level are left out."""
    binned = bin_numbers(rep.code, BINS)
    names, tables, floors, totals = [], [], [], []
    for k, factor in enumerate(rep.space.factors):
        known = np.ones(len(rep), dtype=bool) if rep.missing is None else ~rep.missing[:, k]
        levels = _numbered(rep.factors[known, k], factor.size == 0) if known.any() else np.zeros(0, dtype=np.int64)
        if len(levels) < FEWEST or levels.min() == levels.max():
            continue
        draws = rng(0, k, "floor of a matrix")
        permuted = np.stack([draws.permutation(levels) for _ in range(PERMUTATIONS)], axis=1)
        names.append(factor.name)
        tables.append(information_table(binned[known], levels[:, None])[:, 0])
        floors.append(information_table(binned[known], permuted).mean(axis=1))
        totals.append(float(entropies(levels[:, None])[0]))
    if not names:
        return Carried((), np.empty((rep.latents, 0)), ("",) * rep.latents)
    table, floor, total = np.stack(tables, axis=1), np.stack(floors, axis=1), np.array(totals)
    labels = [
        label
        for start, width in zip(np.cumsum((0, *rep.layers[:-1])), rep.layers, strict=True)
        for label in latent_labels(carriers(table[start : start + width], names, total), width)
    ]
    return Carried(tuple(names), (table - floor) / (total - floor), tuple(labels))


def _numbered(column: np.ndarray, continuous: bool) -> np.ndarray:
    """Levels as numbers 0, 1, …; continuous ones in equal-width bins."""
    if continuous:
        column = bin_numbers(column[:, None].astype(np.float64), CONTINUOUS_BINS)[:, 0]
    numbers: np.ndarray = np.unique(column, return_inverse=True)[1]
    return numbers
