"""What runs that are compared have in common beside the comparison: methods and worlds are strata, never replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

NO_SETTING = {
    *("metric", "part", "layer", "value", "low", "high", "floor", "floor_error", "above", "p", "permutations"),
    *("variant", "reason", "note", "rows", "score_id", "run", "seed", "group", "label", "baseline"),
}  # columns of a study's tidy table that are no setting of a run


def settings(rows: pd.DataFrame) -> list[str]:
    """The columns that are settings of runs."""
    return [str(name) for name in rows if name not in NO_SETTING and not str(name).startswith("axis/")]


def strata(rows: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """The stratum of each row [N], as text: what it has in those columns."""
    if not columns:
        return np.full(len(rows), "", dtype=object)
    return np.array([" ".join(map(str, row)) for row in rows[list(columns)].itertuples(index=False)], dtype=object)


def shared_settings(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Settings that vary within two arms and have the same values in both: the arms are compared within them."""
    shared = []
    for name in settings(one):
        ours, theirs = set(map(str, one[name])), set(map(str, other[name]))
        if len(ours) > 1 and ours == theirs:
            shared.append(name)
    return shared


def varying_at(rows: pd.DataFrame, axis: str) -> list[str]:
    """Settings that vary though the axis does not: a trend is sought within them."""
    at = rows.groupby(axis)
    return [name for name in settings(rows) if name != axis and (at[name].nunique(dropna=False) > 1).any()]


def varying_worlds(rows: pd.DataFrame) -> list[str]:
    """Settings of the data that vary: scores of different worlds rank nothing together."""
    of_data = [name for name in settings(rows) if name == "data" or name.startswith("data.")]
    return [name for name in of_data if rows[name].nunique(dropna=False) > 1]
