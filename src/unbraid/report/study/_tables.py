"""From a study's tidy frame to the table and the figures of its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from unbraid.figures import Band, Estimate, Panels
from unbraid.figures.comparison import comparison
from unbraid.figures.progression import progression
from unbraid.figures.rank_agreement import rank_agreement as rank_figure
from unbraid.figures.sweep import sweep
from unbraid.report._page import figure_svg
from unbraid.report._text import entry_title, number
from unbraid.studies import rank_agreement, summary

__all__ = [
    "GroupRow",
    "GroupScores",
    "agreement_svg",
    "comparison_svg",
    "group_scores",
    "progression_svg",
    "swept",
    "whole_scores",
]


@dataclass(frozen=True)
class GroupRow:
    """One group of runs: its label, how many runs, and (mean, interval, note) for each score."""

    label: str
    runs: int
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class GroupScores:
    """Scores of all groups: the names and titles of its columns, and its rows."""

    metrics: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[GroupRow, ...]


def whole_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Means with intervals of the scores themselves (no parts), a layered run's layers as groups of their own."""
    frame = frame[frame["part"] == ""]
    layered = frame["layer"].nunique() > 1
    name = frame["label"] + (", layer " + frame["layer"].astype(str) if layered else "")
    return summary(frame.assign(label=name))


def group_scores(frame: pd.DataFrame) -> GroupScores:
    """Groups × scores; a missing score is "—" with how many runs lack it."""
    means = whole_scores(frame)
    metrics = tuple(dict.fromkeys(means["metric"]))
    rows = []
    for label, group in means.groupby("label", sort=False):
        by_metric = group.drop_duplicates("metric").set_index("metric")
        cells = tuple(_cell(by_metric.loc[name]) if name in by_metric.index else ("—", "", "") for name in metrics)
        rows.append(GroupRow(str(label), int((group["runs"] + group["missing"]).max()), cells))
    titles = tuple(entry_title("metrics", name.partition("(")[0]) for name in metrics)
    return GroupScores(metrics, titles, tuple(rows))


def _cell(row: pd.Series) -> tuple[str, str, str]:
    interval = "" if pd.isna(row["low"]) else f"{number(row['low'])} – {number(row['high'])}"
    return number(row["mean"]), interval, f"{row['missing']} missing" if row["missing"] else ""


def comparison_svg(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Means with intervals and single runs, a panel per score."""
    means = whole_scores(frame)
    frame = frame[frame["part"] == ""]
    scores = {}
    for metric in metrics:
        rows = means[(means["metric"] == metric) & means["mean"].notna()]
        scores[metric] = {str(row["label"]): _estimate(row, frame, metric) for _, row in rows.iterrows()}
    if not any(scores.values()):
        return Markup("")
    alt = f"Means with 95 % intervals of {', '.join(metrics)} for each group of runs; the table has the numbers."
    return figure_svg(comparison(scores), "comparison", alt)


def _estimate(row: pd.Series, frame: pd.DataFrame, metric: str) -> Estimate:
    same = (frame["metric"] == metric) & (frame["group"] == row["group"]) & (frame["layer"] == row["layer"])
    values = frame.loc[same, "value"].dropna().to_numpy(float)
    low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["mean"]), low, high, values)


def swept(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Scores over the first numeric axis of three values or more, one line per setting of the other axes."""
    axis = next((name for name in _axes(frame) if _numeric(frame[name]) and frame[name].nunique() >= 3), None)
    if axis is None or frame["layer"].nunique() > 1:
        return Markup("")
    others = [name for name in _axes(frame) if name != axis and frame[name].nunique() > 1]
    group = frame[others].astype(str).agg(", ".join, axis=1) if others else pd.Series("all", frame.index)
    means = summary(frame[frame["part"] == ""].assign(line=group), by=("line", axis))
    values = sorted(frame[axis].dropna().astype(float).unique())
    figure = sweep(
        _panels(means[means["metric"].isin(metrics)], axis),
        axis.removeprefix("axis/"),
        logarithmic=values[0] > 0 and values[-1] / values[0] >= 8,
    )
    return figure_svg(
        figure, "sweep", f"Scores over {axis.removeprefix('axis/')} from {values[0]:g} to {values[-1]:g}."
    )


def progression_svg(frame: pd.DataFrame, metrics: Iterable[str]) -> Markup:
    """Scores over the steps of training, a line per group."""
    frame = frame[(frame["part"] == "") & frame["metric"].isin(set(metrics))]
    if not len(frame) or "step" not in frame or frame["step"].nunique() < 2:
        return Markup("")
    means = summary(frame.assign(line=frame["label"]), by=("line", "step"))
    figure = progression(_panels(means, "step"))
    return figure_svg(figure, "progression", "Scores over training, a line per group of runs.")


def agreement_svg(frame: pd.DataFrame, metrics: Sequence[str]) -> Markup:
    """Rank correlation of the scores over runs; empty for fewer than two scores or three runs."""
    there = set(frame.loc[frame["value"].notna() & (frame["part"] == ""), "metric"])
    metrics = [metric for metric in metrics if metric in there]
    if len(metrics) < 2 or frame["run"].nunique() < 3:
        return Markup("")
    table = rank_agreement(frame, metrics)
    pairs = table.where(np.tri(len(table), k=-1, dtype=bool)).stack()
    alt = f"Rank correlations between {len(table)} scores, from {pairs.min():.2f} to {pairs.max():.2f}."
    return figure_svg(rank_figure(table.to_numpy(float), list(table.columns)), "agreement", alt)


def _panels(means: pd.DataFrame, x: str) -> Panels:
    """Metric -> line -> Band over `x`, from a summary by (line, x)."""
    panels: dict[str, dict[str, Band]] = {}
    for (metric, line), rows in means.dropna(subset=["mean"]).groupby(["metric", "line"], sort=False):
        rows = rows.sort_values(x)
        mean = rows["mean"].to_numpy(float)
        low, high = (rows[end].astype(float).fillna(rows["mean"]).to_numpy() for end in ("low", "high"))
        panels.setdefault(str(metric), {})[str(line)] = Band(rows[x].to_numpy(float), mean, low, high)
    return panels


def _axes(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if str(name).startswith("axis/")]


def _numeric(column: pd.Series) -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().all())
