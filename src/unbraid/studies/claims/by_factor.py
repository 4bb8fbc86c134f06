"""The importance of factors tells in what order they are learned."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import stats

from unbraid.studies.claims._combined_tests import Both, Exchanged
from unbraid.studies.claims._correlations import correlation
from unbraid.studies.claims._effect import Direction, Effect, Group, sign_of, tested
from unbraid.studies.claims._selection import Scores, TooFewRunsError, described

__all__ = ["by_factor"]

ENUMERABLE = 8  # factors: 40,320 orders
DRAWS = 200_000
IMPORTANCE = (
    "importance"  # what `collect` adds beside `learning_order`: mean distance of images that differ in a factor
)


def by_factor(scores: Scores, *, metric: str, where: Group, direction: Direction = "up") -> Effect:
    """Rank correlation, over factors, of a score's parts (mean over runs) with the factors' importance.

    Args:
        scores: what the runs scored.
        metric: the score whose parts are factors, such as learning_order.
        where: the runs, all of one world.
        direction: up where the more important factor scores higher.

    Notes:
        Factors are the unit: p is that of the exact permutation of their importance, and more runs do not lower it.

    Source: Michlo et al. (2023), supplement A.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> rows = pd.DataFrame({"part": [*"abcd"] * 2, "metric": ["learning_order"] * 4 + ["importance"] * 4})
        >>> frame = rows.assign(run="r", layer=0, value=[0.9, 0.5, 0.1, 0.2, 4.0, 3.0, 2.0, 1.0])
        >>> effect = by_factor(Scores(frame), metric="learning_order", where={})
        >>> round(effect.estimate, 2), effect.compared
        (0.8, 'Spearman correlation of learning_order with importance over 4 factors')
    """
    parts = {name: scores.parts(name, where).groupby("part")["value"].mean() for name in (IMPORTANCE, metric)}
    importance, values = (parts[name].reindex(parts[metric].index) for name in (IMPORTANCE, metric))
    if importance.notna().sum() < 4:
        raise TooFewRunsError(
            f"{metric} of {described(where)}: {importance.notna().sum()} factors, and four are the least"
        )
    pair = importance.to_numpy(float), sign_of(direction) * values.to_numpy(float)
    estimate, fisher, factors = correlation([pair])
    test = Both((fisher, permuted(*pair)))
    compared = f"Spearman correlation of {metric} with importance over {factors} factors"
    return tested(estimate, test, scores.parts(metric, where)["run"].nunique(), compared)


def permuted(importance: np.ndarray, values: np.ndarray) -> Exchanged:
    """The exact permutation of the factors' importance; draws, where they are too many to enumerate."""
    ranks, others = stats.rankdata(importance), stats.rankdata(values)
    count = len(ranks)
    if count <= ENUMERABLE:
        orders = np.array(list(itertools.permutations(range(count))))
    else:
        orders = np.argsort(np.random.default_rng(count).random((DRAWS, count)), axis=1)
    products = ranks[orders] @ others
    observed, rounding = float(ranks @ others), 1e-9 * float(np.abs(products).max())
    rises, falls = np.sum(products >= observed - rounding), np.sum(products <= observed + rounding)
    drawn = int(count > ENUMERABLE)
    total = len(orders) + drawn
    return Exchanged(float(rises + drawn) / total, float(falls + drawn) / total)
