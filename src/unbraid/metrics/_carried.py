"""What each latent knows of each factor, against what it knows of the same factor shuffled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unbraid.core import rng
from unbraid.metrics._bins import CONTINUOUS_BINS, bin_numbers
from unbraid.metrics._information import entropies, information_table
from unbraid.metrics._prepared import once
from unbraid.metrics._representation import Representation

PERMUTATIONS = 39
MOST_ROWS = 20_000  # that are permuted: of more rows this many, and their floor is scaled by 1/N as the bias is
FEWEST_BINS = 4
CLEAR = 3.0  # standard deviations of the best permuted latent


@dataclass(frozen=True)
class Carried:
    """Mutual information of latents and factors, each with its floor.

    Args:
        information: nats [D, K].
        entropy: of the factors [K]; of continuous ones in equal-width bins.
        floor: mean information of each latent with the permuted factor [D, K].
        clear: information from which the best latent of a factor knows more than the best of permuted rows [K].
    """

    information: np.ndarray
    entropy: np.ndarray
    floor: np.ndarray
    clear: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Part of each factor's entropy that a latent knows above its floor, 0 .. 1 [D, K]."""
        above, room = self.information - self.floor, self.entropy - self.floor
        shares: np.ndarray = np.divide(above, room, where=room > 0, out=np.zeros_like(above)).clip(0, 1)
        return shares


def carried(
    rep: Representation,
    information: np.ndarray | None = None,
    *,
    bins: int = CONTINUOUS_BINS,
    factor_bins: int = 0,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Carried:
    """Information of each latent with each factor on the rows that have the factor, whatever kind it is of.

    Args:
        rep: codes and factors; levels may be missing.
        information: [D, K], where it is known already.
        bins: equal-width bins of latents and of continuous factors; fewer where there are fewer than 5 rows each.
        factor_bins: as in `factor_levels`.
        permutations: of the factor's rows behind the floor.
        seed: of the permutations.
    """
    rep = rep.preparing()
    made = [_of_factor(rep, k, bins, factor_bins, permutations, seed) for k in range(len(rep.space))]
    columns = [np.stack(part, axis=-1) if made else np.empty((rep.latents, 0)) for part in zip(*made, strict=True)]
    table, entropy, floor, clear = columns if made else ([np.empty((rep.latents, 0))] * 4)
    return Carried(table if information is None else information, entropy, floor, clear)


def _of_factor(
    rep: Representation, k: int, bins: int, factor_bins: int, permutations: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Information [D], entropy, floor [D] and what is clear of one factor."""
    rows = np.arange(len(rep)) if rep.missing is None else np.flatnonzero(~rep.missing[:, k])
    if not len(rows):
        return np.zeros(rep.latents), np.array(0.0), np.zeros(rep.latents), np.array(np.inf)
    bins = min(bins, max(FEWEST_BINS, len(rows) // 5))
    whole = len(rows) == len(rep)  # then the bins are those of every other factor without gaps
    code = (
        once(rep, ("bins", bins), lambda: bin_numbers(rep.code, bins)) if whole else bin_numbers(rep.code[rows], bins)
    )
    levels = _levels(rep, k, rows, bins, factor_bins)
    draws = rng(seed, k, "floor of information")
    part = rows if len(rows) <= MOST_ROWS else draws.choice(len(rows), MOST_ROWS, replace=False)
    some = (code, levels) if len(part) == len(rows) else (code[part], levels[part])
    shuffled = [information_table(some[0], draws.permutation(some[1]))[:, 0] for _ in range(permutations)]
    permuted = np.stack(shuffled) * (len(some[1]) / len(rows))
    best = permuted.max(axis=1)
    clear = max(float(best.max()), float(best.mean() + CLEAR * best.std(ddof=1)))
    return information_table(code, levels)[:, 0], entropies(levels)[0], permuted.mean(axis=0), np.array(clear)


def _levels(rep: Representation, k: int, rows: np.ndarray, bins: int, factor_bins: int) -> np.ndarray:
    """Level numbers [N, 1] of one factor, continuous ones in bins."""
    factor, column = rep.space.factors[k], rep.factors[rows, k : k + 1]
    if factor.size < 1 or (factor_bins and factor.kind != "categorical"):
        return bin_numbers(column, factor_bins or bins)
    numbers: np.ndarray = np.unique(column, return_inverse=True)[1].reshape(-1, 1)
    return numbers
