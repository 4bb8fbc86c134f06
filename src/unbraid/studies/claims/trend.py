"""A score rises or falls with a setting."""

from __future__ import annotations

from unbraid.studies.claims._effect import Direction, Effect, sign_of
from unbraid.studies.claims._selection import Scores, TooFewRunsError
from unbraid.studies.claims._statistics import rank_correlation

__all__ = ["trend"]


def trend(scores: Scores, *, metric: str, axis: str, direction: Direction) -> Effect:
    """Rank correlation of a score with a setting over runs, bootstrap interval.

    Args:
        scores: what the runs scored.
        metric: the score that rises or falls.
        axis: the setting, by dotted name.
        direction: up or down.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> frame = pd.DataFrame({"run": range(4), "objective.beta": [1, 2, 4, 8], "value": [9.0, 7.0, 4.0, 2.0]})
        >>> scores = Scores(frame.assign(metric="log/kl", part=""))
        >>> effect = trend(scores, metric="log/kl", axis="objective.beta", direction="down")
        >>> effect.estimate, effect.compared
        (1.0, 'Spearman correlation of log/kl with objective.beta')
    """
    rows = scores.rows(metric)
    if axis not in rows or rows["run"].nunique() < len(rows):
        raise TooFewRunsError(f"{metric} over {axis}: no run has that setting, or the claim must name a layer")
    pair = rows[axis].to_numpy(float), sign_of(direction) * rows["value"].to_numpy(float)
    compared = f"Spearman correlation of {metric} with {axis}"
    return Effect(*rank_correlation(*pair), len(rows), compared, resampled=True)
