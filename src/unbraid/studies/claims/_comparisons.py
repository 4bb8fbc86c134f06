"""The comparisons that several kinds of claims make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from unbraid.studies.claims._effect import Effect, Group
from unbraid.studies.claims._selection import Scores, described
from unbraid.studies.claims._statistics import EstimateAndEnds, difference, half_width, rank_correlation


def between(scores: Scores, metric: str, one: Group, other: Group) -> Effect:
    """Mean of one group less the mean of another, with Welch's interval over seeds."""
    first, second = scores.values(metric, one), scores.values(metric, other)
    compared = f"{metric}: {first.mean():.3f} against {second.mean():.3f}"
    return Effect(*difference(first, second), len(first) + len(second), compared)


def past(scores: Scores, metric: str, where: Group, threshold: float, sign: float) -> Effect:
    """How far a group's mean lies above a threshold (below it with sign -1), with Student's interval over seeds."""
    values = scores.values(metric, where)
    estimate, half = float(sign * (values.mean() - threshold)), half_width(values)
    compared = f"{metric}: {values.mean():.3f} against the threshold {threshold:g}"
    return Effect(estimate, estimate - half, estimate + half, len(values), compared)


def rivals(scores: Scores, metric: str, among: Sequence[Group]) -> dict[str, np.ndarray]:
    """The values of each of the other groups, by the group's description."""
    return {described(group): scores.values(metric, group) for group in among}


def strongest(groups: Mapping[str, np.ndarray], choose: Callable[..., str] = max, sign: float = 1.0) -> str:
    """The name of the group with the highest mean (the lowest with `min`, or with sign -1)."""
    return choose(groups, key=lambda name: sign * groups[name].mean())


def lowest_agreement(scores: Scores, metrics: Sequence[str]) -> tuple[EstimateAndEnds, int, str]:
    """The lowest rank correlation between any two metrics over runs and layers, how many there are, and which two."""
    place = ["run", "layer"]
    columns = [scores.rows(metric).set_index(place)["value"].rename(metric) for metric in metrics]
    table = pd.concat(columns, axis=1).dropna()
    pairs = {
        (one, other): rank_correlation(table[one].to_numpy(), table[other].to_numpy())
        for one, other in combinations(metrics, 2)
    }
    one, other = min(pairs, key=lambda pair: pairs[pair][0])
    correlation = pairs[one, other]
    return correlation, len(table), f"lowest rank correlation: {correlation[0]:.2f}, between {one} and {other}"
