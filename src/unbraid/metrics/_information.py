"""Plug-in entropies and mutual informations from contingency tables, in nats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import entr

from unbraid.core import require
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_latents, require_rows

DETERMINED = 1e-9  # nats left of a factor once another one is known, below which it counts as determined
ROWS_PER_BIN = 5  # below this the plug-in bias, about (bins - 1)(levels - 1) / 2N nats, drowns the information


class FactorInformation(Protocol):
    """What MMIG takes from either estimator."""

    @property
    def between_factors(self) -> np.ndarray:
        """Mutual information of each pair of factors [K, K]."""

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors [K]."""

    @property
    def variant(self) -> str:
        """What was evaluated."""

    def arrays(self) -> dict[str, np.ndarray]:
        """What a score stores."""


@dataclass(frozen=True)
class Information:
    """What the binned latents tell about the factors that vary.

    Attributes:
        table: mutual information [D, K] in nats.
        entropy: of the factors [K]; all above 0.
        latent_entropy: of the binned latents [D].
        between_factors: mutual information of each pair of factors [K, K]; the diagonal holds their entropies.
        factors: names of the factors that vary [K].
        variant: estimator and bins.
    """

    table: np.ndarray
    entropy: np.ndarray
    latent_entropy: np.ndarray
    between_factors: np.ndarray
    factors: tuple[str, ...]
    variant: str

    def arrays(self) -> dict[str, np.ndarray]:
        """What a score stores."""
        return {"information": self.table, "entropy": self.entropy}

    def parts(self, values: np.ndarray) -> dict[str, float]:
        """One number per factor [K], by factor name."""
        return dict(zip(self.factors, values.tolist(), strict=True))


def histogram_information(
    rep: Representation, metric: str, bins: int, factor_bins: int = 0, latents: int = 1, factors: int = 1
) -> Information:
    """Mutual information of every latent, in equal-width bins, with every factor that varies.

    Args:
        rep: codes and factors.
        metric: its name, for messages.
        bins: equal-width bins per latent, over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes the levels of discrete ones as they stand.
        latents: fewest latents the metric takes.
        factors: fewest varying factors the metric takes.
    """
    require(bins >= 2, f"{metric}: bins must be at least 2", bins)
    require_rows(rep, ROWS_PER_BIN * bins, metric)
    require_latents(rep, latents, metric)
    levels = factor_levels(rep, bins, factor_bins)
    varying = np.ptp(levels, axis=0) > 0
    require_factors(varying, factors, metric)
    levels = levels[:, varying]
    binned = bin_numbers(rep.code, bins)
    between = information_table(levels, levels)
    return Information(
        table=information_table(binned, levels),
        entropy=np.diagonal(between).copy(),
        latent_entropy=entropies(binned),
        between_factors=between,
        factors=tuple(name for name, kept in zip(rep.space.names, varying, strict=True) if kept),
        variant=f"histogram, {bins} equal-width bins" + (f", factors in {factor_bins} bins" if factor_bins else ""),
    )


def bin_numbers(values: np.ndarray, bins: int) -> np.ndarray:
    """Number of the equal-width bin, over each column's own range, of `values` [N, D] -> int64 [N, D] in 0 .. bins - 1.

    A constant column falls into one bin. The edges keep the precision of `values`.
    """
    values = np.asarray(values)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    numbers = np.empty(values.shape, dtype=np.int64)
    for j in range(values.shape[1]):
        numbers[:, j] = _column_bins(np.ascontiguousarray(values[:, j]), bins)
    return numbers


def _column_bins(column: np.ndarray, bins: int) -> np.ndarray:
    low, high = column.min(), column.max()
    if low == high:
        return np.zeros(len(column), dtype=np.int64)
    edges = np.linspace(low, high, bins + 1, dtype=column.dtype)
    if np.any(np.diff(edges) <= 0):  # the range spans fewer representable numbers than bins
        return np.minimum(np.unique(column, return_inverse=True)[1], bins - 1)
    scale = bins / (float(high) - float(low))
    guess = np.clip(((column.astype(np.float64) - float(low)) * scale).astype(np.int64), 0, bins - 1)
    guess -= column < edges[guess]  # the edges decide; rounding puts the guess at most one bin beside them
    return guess + ((guess < bins - 1) & (column >= edges[guess + 1]))


def factor_levels(rep: Representation, bins: int, factor_bins: int = 0) -> np.ndarray:
    """Level numbers int64 [N, K]; continuous factors, or all with `factor_bins`, in equal-width bins."""
    columns = []
    for k, factor in enumerate(rep.space.factors):
        column = rep.factors[:, k : k + 1]
        if factor_bins or factor.size < 1:
            columns.append(bin_numbers(column, factor_bins or bins))
        else:
            columns.append(column.astype(np.int64))
    return np.concatenate(columns, axis=1) if columns else np.empty((len(rep), 0), dtype=np.int64)


def information_table(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Plug-in mutual information of each column of `first` [N, A] with each of `second` [N, B] -> [A, B] in nats.

    Both hold numbers 0, 1, …; on the diagonal of a matrix with itself stand the entropies.
    """
    sizes = [_sizes(first), _sizes(second)]
    table = np.empty((first.shape[1], second.shape[1]))
    columns = [np.ascontiguousarray(column) for column in second.T]
    for a, row in enumerate(map(np.ascontiguousarray, first.T)):
        for b, column in enumerate(columns):
            width = sizes[1][b]
            counts = np.bincount(row * width + column, minlength=sizes[0][a] * width)
            table[a, b] = mutual_information(counts.reshape(-1, width))
    return table


def mutual_information(counts: np.ndarray) -> float:
    """Plug-in mutual information of a contingency table [A, B], in nats."""
    share: np.ndarray = counts / counts.sum()
    joint = entr(share).sum()
    return max(0.0, float(entr(share.sum(axis=1)).sum() + entr(share.sum(axis=0)).sum() - joint))


def entropies(numbers: np.ndarray) -> np.ndarray:
    """Plug-in entropy of each column of `numbers` [N, A] -> [A] in nats."""
    rows, columns = numbers.shape
    return np.array([entr(np.bincount(numbers[:, a]) / rows).sum() for a in range(columns)])


def top_two(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest and second-largest entry of each column of [D, K] -> [K], [K]."""
    ordered = np.sort(table, axis=0)
    return ordered[-1], ordered[-2]


def alignment(table: np.ndarray) -> np.ndarray:
    """Share of the best latent's information that exceeds all others' together, of a table [D, K] -> [K] in [0, 1]."""
    table = np.maximum(table, 0.0)
    best = table.max(axis=0)
    excess = np.maximum(0.0, 2.0 * best - table.sum(axis=0))
    shares: np.ndarray = np.divide(excess, best, out=np.zeros_like(best), where=best > 0)
    return shares


def unshared_entropy(between_factors: np.ndarray) -> np.ndarray:
    """Entropy of each factor [K] minus its largest mutual information with another factor, in nats.

    Args:
        between_factors: mutual informations [K, K] with the entropies on the diagonal.
    """
    others = between_factors - np.diag(np.diagonal(between_factors))
    unshared: np.ndarray = np.diagonal(between_factors) - others.max(axis=1)
    return unshared


def modified_gap(info: FactorInformation, gaps: np.ndarray, metric: str) -> Score:
    """The score of MMIG: gaps [K] in nats over the unshared entropy of each factor; determined factors are left out."""
    unshared = unshared_entropy(info.between_factors)
    kept = unshared > DETERMINED
    require(kept.any(), f"{metric} needs a factor that no other factor determines", do="leave out the copies")
    shares = gaps[kept] / unshared[kept]
    names = [name for name, keep in zip(info.factors, kept, strict=True) if keep]
    parts = dict(zip(names, shares.tolist(), strict=True))
    arrays = {**info.arrays(), "between_factors": info.between_factors}
    return Score(float(shares.mean()), parts, arrays, info.variant)


def _sizes(numbers: np.ndarray) -> list[int]:
    return [int(top) + 1 for top in numbers.max(axis=0)]
