"""Whether the scores of a few runs have two peaks, so that neither their mean nor its interval says where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

FEWEST = 4  # values: with fewer, no cut leaves two on each side
FALSE_ALARMS = 0.05  # of normal samples
SAMPLES, NUMBERS = 20_000, 2_000_000  # normal samples behind the limit, fewer where they hold more numbers in all


def two_peaked(values: Sequence[float] | np.ndarray) -> bool:
    """Whether values fall into two groups, more clearly than normal samples of as many values nearly ever do.

    The values are cut in two where this explains the most of their variance, with at least a fifth of them, and two, on
    either side. They count as two-peaked where that share is larger than in 19 of 20 normal samples, so one normal
    sample in 20 is called two-peaked too. A single value far off is no peak. Of two equally high normal peaks four
    standard deviations apart, six values show it in 19 % of samples, ten in 38 % and twenty in 75 %; six standard
    deviations apart, in 45, 84 and 99 %. Skewed samples are called two-peaked more often than one time in 20
    (log-normal: up to 17 %).

    Args:
        values: one per run; NaN are left out. Fewer than four, or all equal, have no two peaks.

    Example:
        >>> two_peaked([0.11, 0.12, 0.1, 0.52, 0.5, 0.51])
        True
        >>> two_peaked([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), two_peaked([0.1, 0.1, 0.1, 0.1, 0.1, 0.9])
        (False, False)
    """
    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    if len(given) < FEWEST or np.ptp(given) <= 1e-9 * np.abs(given).max():
        return False
    return bool(share_between(given[None])[0] > limit(len(given)))


def share_between(samples: np.ndarray) -> np.ndarray:
    """Largest share of the variance of each sample [R, n] that lies between two groups parted by one cut: [R]."""
    ordered = np.sort(samples, axis=1)
    ordered = ordered - ordered.mean(axis=1, keepdims=True)
    count = ordered.shape[1]
    least = max(2, -(-count // 5))
    below = np.arange(least, count - least + 1)  # values below the cut
    sums = np.cumsum(ordered, axis=1)[:, below - 1]
    between = sums**2 * count / (below * (count - below))  # the sum of all is 0, so that above is minus that below
    return np.asarray(between.max(axis=1) / (ordered**2).sum(axis=1))


@lru_cache(maxsize=256)
def limit(count: int) -> float:
    """The share between two groups that 19 of 20 normal samples of this many values stay below."""
    draws = np.random.default_rng(0).standard_normal((min(SAMPLES, max(200, NUMBERS // count)), count))
    return float(np.quantile(share_between(draws), 1 - FALSE_ALARMS))
