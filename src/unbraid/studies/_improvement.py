"""How probably a run of one method scores higher than a run of another, where the two scores are one quantity."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from unbraid.studies._locations import CONFIDENCE, Ends
from unbraid.studies._quantities import quantities, why_apart

COLUMNS = ["metric", "layer", "of", "over", "probability", "low", "high", "on", "reason"]


def improvement(one: np.ndarray, other: np.ndarray) -> float:
    """Probability that a run of `one` scores higher than one of `other`: Mann-Whitney U over the product of counts.

    >>> improvement(np.array([1.0, 3.0]), np.array([1.0, 2.0]))  # a tie counts one half: 2.5 of 4 pairs
    0.625
    """
    return float(stats.mannwhitneyu(one, other, alternative="greater").statistic / (len(one) * len(other)))


def improvements(frame: pd.DataFrame) -> pd.DataFrame:
    """Probability of improvement, with an interval, between every two objectives (or labels, with one).

    Only what is one quantity is compared: a loss within one objective with the same weights; a reconstruction on the
    same data and likelihood; a score of codes at the same data, number of latents and rows, else above chance, where
    all runs have that. `on` says which, and `reason` why a pair is not compared. Layers are compared each by itself.
    """
    frame = frame[(frame["part"] == "") & frame["value"].notna()]
    by = "objective" if frame["objective"].nunique() > 1 else "label"
    lines = []
    for (metric, layer), part in frame.groupby(["metric", "layer"], sort=False):
        groups = {str(name): rows for name, rows in part.groupby(by, sort=False) if len(rows) >= 2}
        for one, other in itertools.combinations(groups, 2):
            line = {"metric": metric, "layer": layer, "of": one, "over": other}
            lines.append(line | _compared(str(metric), groups[one], groups[other]))
    return pd.DataFrame(lines, columns=COLUMNS)


def _compared(metric: str, one: pd.DataFrame, other: pd.DataFrame) -> dict[str, Any]:
    """The probability, and on what it was compared; the reason where the two are not one quantity."""
    both = pd.concat([one, other])
    on = "value"
    if quantities(both, metric).nunique() > 1:
        on = "above"
        if on not in both or both[on].isna().any():
            return {"reason": why_apart(metric)}
    first, second = (rows[on].to_numpy(float) for rows in (one, other))
    probability = improvement(first, second)
    low, high = improvement_interval(probability, len(first), len(second))
    return {"probability": probability, "low": low, "high": high, "on": on, "reason": ""}


def improvement_interval(probability: float, count: int, other: int) -> Ends:
    """Ends of the interval of a probability of improvement, from so many runs of the one and of the other method.

    Newcombe's score interval with Student's quantile in place of the normal one: it has a width where all runs of the
    one method score higher too, and contains 1/2 whatever three runs against three score.

    Source: Newcombe (2006), Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part
    2, method 5; Statistics in Medicine 25.
    """
    quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, count + other - 2))
    size = (count + other) / 2 - 1

    def outside(truth: float) -> float:
        factor = 1 + size * ((1 - truth) / (2 - truth) + truth / (1 + truth))
        variance = truth * (1 - truth) * factor / (count * other)
        return float((probability - truth) ** 2 - quantile**2 * variance)

    inside = min(max(probability, 1e-9), 1 - 1e-9)  # at 0 and 1 themselves the variance vanishes
    low = 0.0 if probability <= 0 else float(optimize.brentq(outside, 0.0, inside))
    high = 1.0 if probability >= 1 else float(optimize.brentq(outside, inside, 1.0))
    return low, high
