"""Rank correlations over runs on Fisher's scale: runs are the unit, methods, worlds and layers are strata."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.studies.claims._combined_tests import Least, Mirrored
from unbraid.studies.claims._effect import Effect, tested
from unbraid.studies.claims._selection import Scores, TooFewRunsError
from unbraid.studies.claims._strata import strata, varying_worlds
from unbraid.studies.claims._tests import Fisher

LEAST = 4  # runs of a stratum: with three, Fisher's scale has no standard error

Pair = tuple[np.ndarray, np.ndarray]


def correlation(pairs: Iterable[Pair], *, alike: bool = False, less: float = 0.0) -> tuple[float, Fisher, int]:
    """Spearman's correlation within strata, averaged on Fisher's scale, with its test and the runs it rests on.

        z = sum of (n - 3) arctanh(r) / sum of (n - 3)        variance: (1 + r^2 / 2) / sum of (n - 3)

    A correlation of 1 counts as half a step below it: 1 - 6 / (n^3 - n).

    Args:
        pairs: both scores in each stratum.
        alike: whether the strata are the same runs, as their layers are: more of them then add nothing.
        less: what the effect is less than the correlation.

    Raises:
        TooFewRunsError: no stratum of four runs in which both scores vary.

    Source: Bonett and Wright (2000), "Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations", eq. 4: the variance.
    """
    pairs = list(pairs)
    used = [pair for pair in pairs if len(pair[0]) >= LEAST and np.ptp(pair[0]) > 0 and np.ptp(pair[1]) > 0]
    if not used:
        most = max((len(one) for one, _ in pairs), default=0)
        why = "and four are the least" if most < LEAST else "and a score is the same in all, so it ranks nothing"
        raise TooFewRunsError(f"{most} runs have both scores, {why}")
    counts = np.array([len(one) for one, _ in used])
    single = np.array([float(stats.spearmanr(*pair).statistic) for pair in used])
    averaged, test = fisher(single, counts, alike=alike, less=less)
    whole = float(single[0]) if len(single) == 1 else float(averaged)
    return whole, test, int(counts.max() if alike else counts.sum())


def fisher(
    single: np.ndarray, counts: np.ndarray, *, alike: bool = False, less: float = 0.0
) -> tuple[np.ndarray, Fisher]:
    """Rank correlations [..., S] of S strata of so many runs [S] made one, with its test; see `correlation`."""
    counts = np.asarray(counts, dtype=float)
    most = 1 - 6 / (counts**3 - counts)
    weights = (counts - 3) / (counts - 3).sum()
    z = (np.arctanh(np.clip(single, -most, most)) * weights).sum(axis=-1)
    whole = np.tanh(z)
    freedom = (counts - 3).max() if alike else (counts - 3).sum()
    return whole, Fisher(z, np.sqrt((1 + whole**2 / 2) / freedom), less)


def agreement(scores: Scores, metrics: Sequence[str], threshold: float, *, differ: bool = False) -> Effect:
    """How far the lowest rank correlation of two metrics lies above a threshold; below it where they should differ."""
    pairs = list(itertools.combinations(metrics, 2))
    measured = [correlation(_in_strata(scores, *pair), alike=True, less=threshold) for pair in pairs]
    lowest = min(range(len(pairs)), key=lambda place: measured[place][0])
    estimate, _, runs = measured[lowest]
    one, other = pairs[lowest]
    whole = "rank correlation" if len(pairs) == 1 else "lowest rank correlation"
    compared = f"{whole}: {estimate:.2f}, between {scores.name(one)} and {scores.name(other)}"
    test = Least([fisher for _, fisher, _ in measured])
    if differ:
        return tested(threshold - estimate, Mirrored(test), runs, compared, seeds=runs)
    return tested(estimate - threshold, test, runs, compared, seeds=runs)


def _in_strata(scores: Scores, one: str, other: str) -> list[Pair]:
    """Both scores of the runs that have both, layer by layer and world by world."""
    rows, place = scores.rows(one), ["run", "layer"]
    theirs = scores.rows(other).set_index(place)["value"].rename("theirs")
    both = rows.join(theirs, on=place, how="inner").dropna(subset=["value", "theirs"])
    keys = strata(both, ["layer", *varying_worlds(both)])
    return [_pair(both[keys == key]) for key in dict.fromkeys(keys)]


def _pair(rows: pd.DataFrame) -> Pair:
    return rows["value"].to_numpy(float), rows["theirs"].to_numpy(float)
