"""Exact permutation tests of a shift: from which shift each relabelling of the runs is as extreme as the one observed.

Of two arms the values of the first, less the shift d, are exchangeable with those of the second. A relabelling S has
the statistic a(S) - d c(S), where a is the difference of means of the values as they are and c that of the labels; it
is at least the observed D - d where d >= (D - a(S)) / (1 - c(S)). So one sorted list of these thresholds gives p at
every margin, and its quantiles are the interval. Of paired values, flipping the signs of a subset of the differences
less d is at least as extreme where d is at least the subset's mean (Hartigan's typical values).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np

from unbraid.studies.claims._tests import Relabelled

ENUMERABLE = 200_000  # relabellings: 10 against 10 are 184,756
DRAWS = 400_000  # where they cannot be enumerated: p = .025 then has a standard error of .00025
CHUNK = 50_000

Sizes = tuple[tuple[int, int], ...]  # of each stratum: values of the first arm, and of the second


def two_arms(first: Sequence[np.ndarray], second: Sequence[np.ndarray], *, seed: int = 0) -> tuple[float, Relabelled]:
    """Difference of means with its test; runs are relabelled within strata, whose differences are averaged.

    Args:
        first: values of the first arm, one array per stratum.
        second: values of the second arm, the same strata.
        seed: of the draws, where there are too many relabellings to enumerate.
    """
    sizes = tuple((len(one), len(other)) for one, other in zip(first, second, strict=True))
    values = np.concatenate([np.concatenate(pair) for pair in zip(first, second, strict=True)])
    masks = relabellings(sizes, seed)
    thresholds = shift_thresholds(values[None], masks, sizes)[0]
    ours, theirs = _weights(sizes)
    is_first = _first(sizes)
    return float(values @ np.where(is_first, ours, -theirs)), Relabelled(thresholds, len(masks) + 1)


def paired(differences: np.ndarray, *, seed: int = 0) -> tuple[float, Relabelled]:
    """Mean of differences within runs with the test that flips their signs."""
    subsets = flips(len(differences), seed)
    return float(differences.mean()), Relabelled(flip_thresholds(differences[None], subsets)[0], len(subsets) + 1)


def shift_thresholds(values: np.ndarray, masks: np.ndarray, sizes: Sizes) -> np.ndarray:
    """Thresholds [R, N] of the relabellings `masks` [N, runs], for samples [R, runs] in the order of `sizes`."""
    ours, theirs = _weights(sizes)
    is_first = _first(sizes)
    observed = values @ np.where(is_first, ours, -theirs)
    thresholds = np.empty((len(values), len(masks)))
    for start in range(0, len(masks), CHUNK):
        mask = masks[start : start + CHUNK].astype(np.float64)
        coefficients = mask * (ours + theirs) - theirs  # [N, runs]
        labels = coefficients @ is_first.astype(np.float64)
        relabelled = values @ coefficients.T
        thresholds[:, start : start + CHUNK] = (observed[:, None] - relabelled) / (1 - labels)
    return thresholds


def flip_thresholds(differences: np.ndarray, subsets: np.ndarray) -> np.ndarray:
    """Thresholds [R, N] of flipping the signs of `subsets` [N, runs], for samples [R, runs]."""
    weights = subsets / subsets.sum(axis=1, keepdims=True)
    return np.asarray(differences @ weights.T)


@functools.lru_cache(maxsize=8)
def relabellings(sizes: Sizes, seed: int = 0) -> np.ndarray:
    """Which runs stand in the first arm, in every relabelling within strata but the one observed [N, runs]."""
    if math.prod(math.comb(one + other, one) for one, other in sizes) <= ENUMERABLE:
        masks = _joined([_chosen(one + other, one) for one, other in sizes])
    else:
        draws = np.random.default_rng([seed, *itertools.chain(*sizes)])
        masks = np.concatenate([_drawn(one + other, one, draws) for one, other in sizes], axis=1)
    return masks[(masks != _first(sizes)).any(axis=1)]


@functools.lru_cache(maxsize=8)
def flips(runs: int, seed: int = 0) -> np.ndarray:
    """Every subset of the runs but the empty one [N, runs]; or draws."""
    if 2**runs <= ENUMERABLE:
        return (np.arange(1, 2**runs)[:, None] >> np.arange(runs) & 1).astype(np.int8)
    subsets = np.random.default_rng([seed, runs]).integers(0, 2, (DRAWS, runs), dtype=np.int8)
    return subsets[subsets.any(axis=1)]


def _weights(sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """What a value counts in the first arm and in the second: strata by the information that their sizes give."""
    share = np.array([one * other / (one + other) for one, other in sizes])
    share = share / share.sum()
    counts = [one + other for one, other in sizes]
    ours = np.repeat(share / [one for one, _ in sizes], counts)
    return ours, np.repeat(share / [other for _, other in sizes], counts)


def _first(sizes: Sizes) -> np.ndarray:
    """Which values are of the first arm, as they are."""
    return np.concatenate([np.arange(one + other) < one for one, other in sizes])


def _chosen(count: int, chosen: int) -> np.ndarray:
    """Every choice of so many, as rows of 0 and 1."""
    places = np.array(list(itertools.combinations(range(count), chosen)))
    masks = np.zeros((len(places), count), dtype=np.int8)
    np.put_along_axis(masks, places, 1, axis=1)
    return masks


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Every combination of the rows of several tables."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.concatenate([np.repeat(whole, len(part), axis=0), np.tile(part, (len(whole), 1))], axis=1)
    return whole


def _drawn(count: int, chosen: int, draws: np.random.Generator) -> np.ndarray:
    """Random choices of so many [DRAWS, count]."""
    masks = np.zeros((DRAWS, count), dtype=np.int8)
    for start in range(0, DRAWS, CHUNK):
        places = np.argpartition(draws.random((CHUNK, count), dtype=np.float32), chosen - 1, axis=1)[:, :chosen]
        np.put_along_axis(masks[start : start + CHUNK], places, 1, axis=1)
    return masks
