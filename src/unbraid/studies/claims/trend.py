"""A score rises or falls with a setting."""

from __future__ import annotations

import difflib

import pandas as pd

from unbraid.core import UsageError
from unbraid.studies.claims._comparisons import require_same_size
from unbraid.studies.claims._correlations import correlation
from unbraid.studies.claims._effect import Direction, Effect, sign_of, tested
from unbraid.studies.claims._selection import Scores, TooFewRunsError
from unbraid.studies.claims._strata import settings, strata, varying_at

__all__ = ["trend"]

MISSPELT = 0.85  # likeness to a setting; with less, the runs that have the axis may not be finished yet


def trend(scores: Scores, *, metric: str, axis: str, direction: Direction) -> Effect:
    """Rank correlation of a score with a setting over runs, interval on Fisher's scale; other settings are strata.

    Args:
        scores: what the runs scored.
        metric: the score that rises or falls.
        axis: the setting, by dotted name.
        direction: up or down.

    Example:
        >>> import pandas as pd
        >>> from unbraid.studies import Scores
        >>> frame = pd.DataFrame({"run": range(4), "objective.beta": [1, 2, 4, 8], "value": [9.0, 7.0, 4.0, 2.0]})
        >>> scores = Scores(frame.assign(metric="heldout/kl", part=""))
        >>> effect = trend(scores, metric="heldout/kl", axis="objective.beta", direction="down")
        >>> effect.estimate, effect.compared
        (1.0, 'Spearman correlation of heldout/kl with objective.beta')
    """
    rows = scores.rows(metric)
    _require_axis(scores, metric, rows, axis)
    rows = rows[rows[axis].notna()]
    if rows["run"].nunique() < len(rows):
        raise TooFewRunsError(f"{metric} over {axis}: several layers, and the claim names none")
    if "latents" in axis or axis == "rows":
        require_same_size(scores, metric, rows)
    sign, within = sign_of(direction), varying_at(rows, axis)
    keys = strata(rows, within)
    parts = [rows[keys == key] for key in dict.fromkeys(keys)]
    estimate, test, runs = correlation(
        [(part[axis].to_numpy(float), sign * part["value"].to_numpy(float)) for part in parts]
    )
    compared = f"Spearman correlation of {scores.name(metric)} with {axis}"
    compared = f"{compared}, within {', '.join(within)}" if within else compared
    return tested(estimate, test, runs, compared, seeds=int(rows.groupby(axis)["run"].nunique().min()))


def _require_axis(scores: Scores, metric: str, rows: pd.DataFrame, axis: str) -> None:
    """Say what is wrong with an axis that no run has: it is misspelt, or these runs lack it."""
    if axis not in rows:
        near = difflib.get_close_matches(axis, settings(scores.frame), n=1, cutoff=MISSPELT)
        if near:
            rule = f"a trend of {metric} must be over a setting of the runs; got '{axis}'"
            raise UsageError(f"{rule}; did you mean '{near[0]}'?")
        raise TooFewRunsError(f"{metric} over {axis}: no run has that setting")
    if not rows[axis].notna().any():
        raise TooFewRunsError(f"{metric} over {axis}: none of the {rows['run'].nunique()} runs has that setting")
