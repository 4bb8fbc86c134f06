"""Scores over a setting."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core import require, require_known
from unbraid.report.paper._scores import Scores
from unbraid.report.study._figures import figure_over_setting
from unbraid.report.study._tables import lines_beside, swept_axis

__all__ = ["sweep"]


def sweep(scores: Scores, *, over: str = "", metrics: Sequence[str] | None = None) -> Figure:
    """Scores against a hyperparameter with bands over seeds, a panel for each score.

    Args:
        scores: of a study, or of runs.
        over: a setting, such as objective.beta; when empty, the first numeric axis of a study with three values.
        metrics: names of scores; all scores of codes when null.
    """
    chosen = scores.chosen("sweep", metrics)
    frame = scores.alone
    axis = f"axis/{over}" if f"axis/{over}" in frame else over or swept_axis(frame)
    numeric = [str(name) for name in frame if "." in str(name) and _varies(frame[name])]
    came = f"none that varies in {scores.what}"
    require(
        axis, "sweep needs a setting with three values or more", came, f"give one: --set over={(numeric or ['…'])[0]}"
    )
    require_known(
        axis, [*numeric, axis] if axis in frame and _varies(frame[axis]) else numeric, "a setting that varies"
    )
    rows = frame[(frame["part"] == "") & frame["metric"].isin(chosen) & (frame["layer"] == 0)]
    line = _lines(frame, str(axis))
    several = rows[str(axis)].groupby(line).transform("nunique") > 1  # a line of one value says nothing of the setting
    require(several.any(), "sweep needs runs that differ in the setting alone", f"none in {scores.what}", "add some")
    return figure_over_setting(rows[several], str(axis), line)


def _lines(frame: pd.DataFrame, axis: str) -> pd.Series:
    """By the other axes where a study has this one; else by what tells combinations apart beside it."""
    if axis.startswith("axis/"):
        return lines_beside(frame, axis)
    option = axis.rpartition(".")[2]
    lines = [
        " ".join(str(label).replace(f"{option} {value}", "").split()).replace(" ,", ",")
        for label, value in zip(frame["label"], frame[axis], strict=True)
    ]
    return pd.Series(lines, frame.index)


def _varies(column: pd.Series) -> bool:
    """Whether a setting is a number that differs between runs; some runs may not have it."""
    numbers = pd.to_numeric(column.dropna(), errors="coerce")
    return bool(numbers.notna().all() and numbers.nunique() > 1)
