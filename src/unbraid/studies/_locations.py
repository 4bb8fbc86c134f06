"""Where the scores of a few runs lie: mean, median and interquartile mean, each with the interval that so few allow."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from unbraid.studies._peaks import two_peaked

CONFIDENCE = 0.95
FEW = 6  # runs: with fewer, no interval without a law of the scores reaches 95 %

Ends = tuple[float | None, float | None]


def location(values: np.ndarray) -> dict[str, float | str | bool | None]:
    """Where values lie, one per run; None without values.

    Keys: mean with its 95 % interval (low, high, and `interval`: what it is, or why there is none), median and
    interquartile mean with theirs, and whether the values have two peaks (see `two_peaked`), so that none of these says
    where they lie.

    >>> three = location(np.array([0.1, 0.2, 0.6]))
    >>> round(three["mean"], 1), round(three["low"], 2), round(three["high"], 2), three["interval"]
    (0.3, -0.36, 0.96, "Student's, few runs")
    """
    there = len(values) > 0
    low, high = mean_interval(values)
    median_low, median_high = median_interval(values)
    interquartile_low, interquartile_high = interquartile_interval(values)
    return {
        "mean": float(np.mean(values)) if there else None,
        "low": low,
        "high": high,
        "interval": about_interval(values) if there else None,
        "median": float(np.median(values)) if there else None,
        "median_low": median_low,
        "median_high": median_high,
        "interquartile_mean": float(stats.trim_mean(values, 0.25)) if there else None,
        "interquartile_low": interquartile_low,
        "interquartile_high": interquartile_high,
        "two_peaked": two_peaked(values) if there else None,
    }


def mean_interval(values: np.ndarray) -> Ends:
    """Student's interval of the mean; none for a single value, or for equal ones, whose spread is not known.

    It is cut to no range: with few runs it may pass the ends that a score can have, which says how little they tell.
    """
    if len(values) < 2 or all_equal(values):
        return None, None
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * stats.sem(values))
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def about_interval(values: np.ndarray) -> str:
    """What the interval of the mean is, or why there is none."""
    if len(values) < 2:
        return "one run"
    if all_equal(values):
        return "all runs equal"
    return "Student's, few runs" if len(values) < FEW else "Student's"


def median_interval(values: np.ndarray) -> Ends:
    """Between the k-th lowest and the k-th highest value, whatever the law of the scores; none for fewer than six.

    The number of values below the median is binomial, so that this covers it in at least 95 % of samples.
    """
    if len(values) < FEW or all_equal(values):
        return None, None
    ordered, outside = np.sort(values), int(stats.binom.ppf((1 - CONFIDENCE) / 2, len(values), 0.5)) - 1
    return float(ordered[outside]), float(ordered[-1 - outside])


def interquartile_interval(values: np.ndarray) -> Ends:
    """Interval of the mean of the middle half, by the variance of the winsorised values; none for fewer than six.

    Source: Tukey and McLaughlin (1963), Less vulnerable confidence and significance procedures for location.
    """
    if len(values) < FEW or all_equal(values):
        return None, None
    low, high = stats.mstats.trimmed_mean_ci(np.sort(values), limits=(0.25, 0.25), alpha=1 - CONFIDENCE)
    return (float(low), float(high)) if math.isfinite(low) and low < high else (None, None)


def all_equal(values: np.ndarray) -> bool:
    """Whether values differ in rounding errors at most."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())
