"""From a study's tidy frame to the table and the figures of its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pandas as pd
from markupsafe import Markup

from unbraid.evaluation import Baseline
from unbraid.figures.comparison import comparison
from unbraid.figures.rank_agreement import rank_agreement
from unbraid.report._page import figure_svg
from unbraid.report._text import chance, entry_title, number
from unbraid.report.study._figures import (
    agreement_table,
    estimates,
    figure_over_setting,
    figures_over_training,
    whole_scores,
)

MOST_SCORES, MOST_ROWS = 6, 16  # of a table on a screen
FLOOR = "floor"
BESIDE = (*get_args(Baseline), FLOOR)  # how the labels of rows begin that are no runs

__all__ = [
    "GroupRow",
    "GroupScores",
    "agreement_svg",
    "comparison_svg",
    "group_scores",
    "lines_beside",
    "on_a_screen",
    "progression_svg",
    "swept_axis",
    "sweep_svg",
]


@dataclass(frozen=True)
class GroupRow:
    """One group of runs: its label, how many runs, (mean, interval, note) for each score, and more of the label."""

    label: str
    runs: int
    cells: tuple[tuple[str, str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class GroupScores:
    """Scores of all groups: the names and titles of its columns, and its rows."""

    metrics: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[GroupRow, ...]


def group_scores(frame: pd.DataFrame, notes: Mapping[str, str] | None = None) -> GroupScores:
    """Groups × scores, the floor as a row of its own; a missing score is "—" with how many runs lack it.

    Checks of the runs and losses of the training log are no scores, and left out; `notes` says more of a label.
    """
    means = whole_scores(frame[[not str(name).startswith(("check/", "log/")) for name in frame["metric"]]])
    metrics = tuple(dict.fromkeys(means["metric"]))
    notes = notes or {}
    rows = []
    for label, group in means.groupby("label", sort=False):
        by_metric = group.drop_duplicates("metric").set_index("metric")
        cells = tuple(_cell(by_metric.loc[name]) if name in by_metric.index else ("—", "", "") for name in metrics)
        count = int((group["runs"] + group["missing"]).max())
        rows.append(GroupRow(str(label), count, cells, notes.get(str(label), "")))
    rows += _floor_row(means, metrics)
    titles = tuple(entry_title("metrics", name.partition("(")[0]) for name in metrics)
    return GroupScores(metrics, titles, tuple(rows))


def on_a_screen(scores: GroupScores, first: Sequence[str] = ()) -> GroupScores:
    """At most a screen of it: the scores that claims are about first, and the first groups with baselines and floor."""
    order = sorted(range(len(scores.metrics)), key=lambda at: (scores.metrics[at] not in first, at))[:MOST_SCORES]
    chosen = sorted(order)
    beside = [row for row in scores.rows if row.label.partition(" ")[0] in BESIDE][: MOST_ROWS // 2]
    runs = [row for row in scores.rows if row not in beside][: MOST_ROWS - len(beside)]
    rows = [replace(row, cells=tuple(row.cells[at] for at in chosen)) for row in (*runs, *beside)]
    return GroupScores(
        tuple(scores.metrics[at] for at in chosen), tuple(scores.titles[at] for at in chosen), tuple(rows)
    )


def _floor_row(means: pd.DataFrame, metrics: Sequence[str]) -> list[GroupRow]:
    """What codes that know nothing score at the same rows and latents, from the lowest group to the highest."""
    if "floor" not in means or means["floor"].isna().all():
        return []
    ends = means.groupby("metric")["floor"].agg(["min", "max"])
    return [GroupRow(FLOOR, 0, tuple((_range(ends, name), "", "") for name in metrics))]


def _range(ends: pd.DataFrame, metric: str) -> str:
    low, high = (number(ends.loc[metric, end]) for end in ("min", "max"))
    return low if low == high else f"{low} – {high}"


def _cell(row: pd.Series) -> tuple[str, str, str]:
    interval = "" if pd.isna(row["low"]) else f"{number(row['low'])} – {number(row['high'])}"
    peaks = "two peaks: neither mean nor interval says where the runs lie" if row["two_peaked"] else ""
    at_chance = row.get("at_chance", 0)
    notes = [
        "all runs equal" if row["interval"] == "all runs equal" else "",
        peaks,
        chance(row),
        f"{at_chance} of {row['runs']} no more than chance" if at_chance else "",
        f"{row['missing']} missing" if row["missing"] else "",
    ]
    return number(row["mean"]), interval, "; ".join(filter(None, notes))


def comparison_svg(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Means with intervals and single runs, a panel per score."""
    scores = estimates(frame, metrics)
    if not scores:
        return Markup("")
    alt = f"Means with Student's 95 % intervals of {', '.join(scores)} for each group; the table has the numbers."
    return figure_svg(comparison(scores), "comparison", alt)


def sweep_svg(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Scores over the first numeric axis of three values or more, one line per setting of the other axes."""
    axis = swept_axis(frame)
    if axis is None or frame["layer"].nunique() > 1:
        return Markup("")
    shown = frame[(frame["part"] == "") & frame["metric"].isin(metrics)]
    figure = figure_over_setting(shown, axis, lines_beside(frame, axis))
    values = frame[axis].dropna().astype(float)
    alt = f"Scores over {axis.removeprefix('axis/')} from {values.min():g} to {values.max():g}."
    return figure_svg(figure, "sweep", alt)


def swept_axis(frame: pd.DataFrame) -> str | None:
    """The first numeric axis of a grid that has three values or more."""
    return next((name for name in _axes(frame) if _numeric(frame[name]) and frame[name].nunique() >= 3), None)


def lines_beside(frame: pd.DataFrame, axis: str) -> pd.Series:
    """The line that each row belongs to where scores are drawn over an axis: the values of the other axes."""
    others = [name for name in _axes(frame) if name != axis and frame[name].nunique() > 1]
    return frame[others].astype(str).agg(", ".join, axis=1) if others else pd.Series("all", frame.index)


def progression_svg(training: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Scores over the steps of training, a line per group."""
    alt = "Scores over training, a line per group of runs."
    figures = figures_over_training(training, metrics)
    return Markup("").join(figure_svg(figure, f"progression{n}", alt) for n, figure in enumerate(figures))


def agreement_svg(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Rank correlation of the scores over runs; empty where there is none, see `agreement_table`."""
    table = agreement_table(frame, metrics)
    if table is None:
        return Markup("")
    pairs = table.where(np.tri(len(table), k=-1, dtype=bool)).stack()
    alt = f"Rank correlations between {len(table)} scores, from {pairs.min():.2f} to {pairs.max():.2f}."
    return figure_svg(rank_agreement(table.to_numpy(float), list(table.columns)), "agreement", alt)


def _axes(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if str(name).startswith("axis/")]


def _numeric(column: pd.Series) -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().all())
