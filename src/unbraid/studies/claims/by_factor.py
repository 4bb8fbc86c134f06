"""The importance of factors tells in what order they are learned."""

from __future__ import annotations

import numpy as np
from scipy import stats

from unbraid.studies.claims._effect import Direction, Effect, Group, sign_of
from unbraid.studies.claims._selection import Scores, TooFewRunsError, described

__all__ = ["by_factor"]

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
    correlation = float(stats.spearmanr(*pair).statistic)
    half = 1.96 * np.sqrt((1 + correlation**2 / 2) / (len(values) - 3))
    low, high = (float(np.tanh(np.arctanh(np.clip(correlation, -0.95, 0.95)) + end)) for end in (-half, half))
    compared = f"Spearman correlation of {metric} with importance over {len(values)} factors"
    return Effect(correlation, low, high, scores.parts(metric, where)["run"].nunique(), compared)
