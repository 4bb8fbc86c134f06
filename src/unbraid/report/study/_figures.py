"""The figures of a study's scores, for its report and for the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from unbraid.figures import Band, Estimate, Panels
from unbraid.figures.progression import progression
from unbraid.figures.sweep import sweep
from unbraid.studies import location, rank_correlations, summary_table, two_peaked

__all__ = [
    "LEAST_RUNS",
    "agreement_table",
    "bands_over",
    "estimates",
    "figure_over_setting",
    "figures_over_training",
    "whole_scores",
]

MOST_LINES = 6  # in one figure of scores over training
LEAST_RUNS = 4  # that a rank correlation needs
LOGARITHMIC = 8  # a setting whose largest value is so many times its smallest is spaced by ratio


def whole_scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Means with intervals of the scores themselves (no parts), a layered run's layers as groups of their own."""
    frame = frame[frame["part"] == ""]
    layered = frame["layer"].nunique() > 1
    name = frame["label"] + (", layer " + frame["layer"].astype(str) if layered else "")
    return summary_table(frame.assign(label=name))


def estimates(frame: pd.DataFrame, metrics: Sequence[str]) -> dict[str, dict[str, Estimate]]:
    """Metric -> group -> mean, interval and single runs, of the metrics that some group has."""
    means = whole_scores(frame[frame["metric"].isin(metrics)])
    whole = frame[frame["part"] == ""]
    by_metric: dict[str, dict[str, Estimate]] = {}
    for metric in metrics:
        rows = means[(means["metric"] == metric) & means["mean"].notna()]
        groups = {str(row["label"]): _estimate(row, whole) for _, row in rows.iterrows()}
        by_metric |= {metric: groups} if groups else {}
    return by_metric


def _estimate(row: pd.Series, whole: pd.DataFrame) -> Estimate:
    """A row of `whole_scores`, with the values of its runs."""
    same = [whole[key] == row[key] for key in ("metric", "group", "layer")]
    values = whole.loc[same[0] & same[1] & same[2], "value"].dropna().to_numpy(float)
    low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["mean"]), low, high, values, two_peaked(values))


def bands_over(scores: pd.DataFrame, x: str) -> Panels:
    """Metric -> line -> Band over `x`, from scores with a column `line`; runs with two peaks as points."""
    panels: dict[str, dict[str, Band]] = {}
    for (metric, line), rows in scores.dropna(subset=["value", x]).groupby(["metric", "line"], sort=False):
        by_place = {place: group["value"].to_numpy(float) for place, group in rows.groupby(x)}
        means = pd.DataFrame([location(values) for values in by_place.values()])
        low, high = (means[end].astype(float).fillna(means["mean"]).to_numpy() for end in ("low", "high"))
        points = [values if two_peaked(values) else values[:0] for values in by_place.values()]
        band = Band(np.array([*by_place], dtype=float), means["mean"].to_numpy(float), low, high, points)
        panels.setdefault(str(metric), {})[str(line)] = band
    return panels


def figure_over_setting(scores: pd.DataFrame, axis: str, line: pd.Series) -> Figure:
    """Scores over a setting, a panel per metric; `line` says to which line each row belongs."""
    values = scores[axis].dropna().astype(float)
    logarithmic = bool(values.min() > 0 and values.max() / values.min() >= LOGARITHMIC)
    return sweep(bands_over(scores.assign(line=line), axis), axis.removeprefix("axis/"), logarithmic=logarithmic)


def figures_over_training(training: pd.DataFrame, metrics: Sequence[str] | None = None) -> list[Figure]:
    """Scores of the first layer over the steps of training, a line per label, at most six lines in a figure.

    Args:
        training: see `unbraid.studies.scores_over_training`; none are drawn for a single step.
        metrics: these only; all when None.
    """
    if not len(training) or "step" not in training:
        return []
    whole = training[(training["part"] == "") & (training["layer"] == 0)]
    whole = whole if metrics is None else whole[whole["metric"].isin(metrics)]
    if whole["step"].nunique() < 2:
        return []
    labels = list(dict.fromkeys(whole["label"]))
    several = [labels[start : start + MOST_LINES] for start in range(0, len(labels), MOST_LINES)]
    return [_over_training(whole[whole["label"].isin(some)]) for some in several]


def _over_training(whole: pd.DataFrame) -> Figure:
    return progression(bands_over(whole.assign(line=whole["label"]), "step"))


def agreement_table(frame: pd.DataFrame, metrics: Sequence[str]) -> pd.DataFrame | None:
    """Rank correlations over runs of the scores that differ between them; None for fewer than two, or four runs."""
    whole = frame[(frame["part"] == "") & frame["value"].notna()]
    varying = [metric for metric in metrics if whole.loc[whole["metric"] == metric, "value"].nunique() > 1]
    if len(varying) < 2 or frame["run"].nunique() < LEAST_RUNS:
        return None
    return rank_correlations(frame, varying)
