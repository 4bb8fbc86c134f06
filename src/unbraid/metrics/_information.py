"""Plug-in entropies and mutual informations from contingency tables, in nats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import Protocol

import numpy as np
from scipy.special import entr

from unbraid.core import require
from unbraid.metrics._bins import bin_numbers, varying_levels
from unbraid.metrics._prepared import once
from unbraid.metrics._remarks import crowded_notes
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents, require_rows

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

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know."""

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
        notes: latents that the bins cannot resolve.
    """

    table: np.ndarray
    entropy: np.ndarray
    latent_entropy: np.ndarray
    between_factors: np.ndarray
    factors: tuple[str, ...]
    variant: str
    notes: tuple[str, ...] = ()

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
    levels, names = varying_levels(rep, metric, bins, factor_bins, factors)
    binned = once(rep, ("bins", bins), lambda: bin_numbers(rep.code, bins))
    between = information_table(levels, levels)
    return Information(
        table=information_table(binned, levels),
        entropy=np.diagonal(between).copy(),
        latent_entropy=once(rep, ("entropy of bins", bins), lambda: entropies(binned)),
        between_factors=between,
        factors=names,
        variant=f"histogram, {bins} equal-width bins" + (f", factors in {factor_bins} bins" if factor_bins else ""),
        notes=crowded_notes(rep, bins),
    )


def information_table(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Plug-in mutual information of each column of `first` [N, A] with each of `second` [N, B] -> [A, B] in nats.

    Both hold numbers 0, 1, …; on the diagonal of a matrix with itself stand the entropies, and each pair is counted
    once.
    """
    same = first is second
    sizes = [_sizes(first), _sizes(second)]
    table = np.zeros((first.shape[1], second.shape[1]))
    columns = [np.ascontiguousarray(column) for column in second.T]
    for a, row in enumerate(map(np.ascontiguousarray, first.T)):
        for b in range(a if same else 0, len(columns)):
            width, column = sizes[1][b], columns[b]
            counts = np.bincount(row * width + column, minlength=sizes[0][a] * width)
            table[a, b] = mutual_information(counts.reshape(-1, width))
    return np.maximum(np.triu(table), np.triu(table).T) if same else table


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
    parts = dict(zip(compress(info.factors, kept), shares.tolist(), strict=True))
    arrays = {**info.arrays(), "between_factors": info.between_factors}
    return Score(float(shares.mean()), parts, arrays, info.variant, notes=info.notes)


def _sizes(numbers: np.ndarray) -> list[int]:
    return [int(top) + 1 for top in numbers.max(axis=0)]
