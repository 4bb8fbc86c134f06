"""Statistics over the runs of a study: locations with intervals, agreement, variance shares, improvement, selection."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.core import require
from unbraid.studies._collect import is_score
from unbraid.studies.claims._selection import TooFewRunsError
from unbraid.studies.claims._statistics import rank_correlation

RESAMPLES = 9_999
CONFIDENCE = 0.95
FEW = 5  # values: with fewer, the bias-corrected bootstrap has nothing to correct with

Ends = tuple[float | None, float | None]


def summary_table(frame: pd.DataFrame, by: Sequence[str] = ("group", "label")) -> pd.DataFrame:
    """Mean, median and interquartile mean of each score over the seeds of a group, with bootstrap intervals.

    Missing values are left out and counted in `missing`; a group with none gets empty cells. Where floors were
    measured, `floor` and `above` are means over the runs that have them, and `at_chance` counts the runs whose score is
    said to be no more than chance.
    """
    rows = []
    for key, part in frame.groupby([*by, "layer", "metric", "part"], sort=False, dropna=False):
        values = part["value"].dropna().to_numpy(float)
        rows.append(
            dict(zip([*by, "layer", "metric", "part"], key, strict=True))
            | {"runs": len(values), "missing": len(part) - len(values)}
            | location(values)
            | {name: _mean(part[name]) for name in ("floor", "above") if name in part}
            | ({"at_chance": _at_chance(part["note"])} if "note" in part else {})
        )
    return pd.DataFrame(rows)


def _at_chance(notes: pd.Series) -> int:
    """How many notes say that a score is no more than chance."""
    return int(notes.fillna("").str.contains("no more than chance").sum())


def _mean(column: pd.Series) -> float | None:
    """Of the values that are there; None for none."""
    values = pd.to_numeric(column).dropna()
    return float(values.mean()) if len(values) else None


def location(values: np.ndarray) -> dict[str, float | None]:
    """Mean with its 95 % interval (low, high), median and interquartile mean with theirs; None without values."""
    locations: dict[str, float | None] = {}
    statistics: dict[str, Callable[..., Any]] = {"mean": np.mean, "median": np.median, "interquartile_mean": _middle}
    for name, statistic in statistics.items():
        prefix = "" if name == "mean" else f"{name.removesuffix('_mean')}_"
        low, high = interval(values, statistic)
        middle = float(statistic(values)) if len(values) else None
        locations |= {name: middle, f"{prefix}low": low, f"{prefix}high": high}
    return locations


def interval(values: np.ndarray, statistic: Callable[..., Any] = np.mean) -> Ends:
    """Bootstrap interval of a statistic; none for fewer than two values.

    Bias-corrected and accelerated for means of five values or more, by percentiles otherwise.
    """
    if len(values) < 2:
        return None, None
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    method = "BCa" if len(values) >= FEW and statistic is np.mean else "percentile"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        ends = stats.bootstrap(
            (values,), statistic, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method=method, rng=0
        ).confidence_interval
    return (float(ends.low), float(ends.high)) if np.isfinite(ends.low) else (None, None)


def _middle(values: np.ndarray, axis: int = -1) -> Any:
    return stats.trim_mean(values, 0.25, axis=axis)


def rank_correlations(frame: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Spearman correlation between metrics over runs [M, M]; empty where fewer than three runs have both."""
    by_run = _by_run(frame)
    return (by_run[list(metrics)] if metrics is not None else by_run).corr(method="spearman", min_periods=3)


def variance_shares(frame: pd.DataFrame, metric: str) -> dict[str, float]:
    """Shares of a score's variance over runs: between objectives, between hyperparameters within one, between seeds.

    Sums of squares of a nested layout; they add up to 1. Empty for fewer than three runs or a constant score.
    """
    rows = frame[(frame["metric"] == metric) & (frame["part"] == "") & frame["value"].notna()]
    values = rows["value"].to_numpy(float)
    if len(values) < 3 or np.ptp(values) == 0:
        return {}
    total = float(((values - values.mean()) ** 2).sum())
    objective = rows.groupby("objective")["value"].transform("mean").to_numpy(float)
    group = rows.groupby(["objective", "group"])["value"].transform("mean").to_numpy(float)
    return {
        "objective": float(((objective - values.mean()) ** 2).sum() / total),
        "hyperparameter": float(((group - objective) ** 2).sum() / total),
        "seed": float(((values - group) ** 2).sum() / total),
    }


def variance_table(frame: pd.DataFrame) -> pd.DataFrame:
    """`variance_shares` of every score, one row each."""
    names = dict.fromkeys(frame.loc[frame["part"] == "", "metric"])
    return pd.DataFrame([{"metric": name} | shares for name in names if (shares := variance_shares(frame, name))])


def improvement(one: np.ndarray, other: np.ndarray) -> float:
    """Probability that a run of `one` scores higher than one of `other`: Mann-Whitney U over the product of counts."""
    return float(stats.mannwhitneyu(one, other, alternative="greater").statistic / (len(one) * len(other)))


def improvements(frame: pd.DataFrame) -> pd.DataFrame:
    """Probability of improvement, with a bootstrap interval, between every two objectives (or labels, with one)."""
    frame = frame[(frame["part"] == "") & frame["value"].notna()]
    by = "objective" if frame["objective"].nunique() > 1 else "label"
    lines = []
    for metric, part in frame.groupby("metric", sort=False):
        groups = {name: rows["value"].to_numpy(float) for name, rows in part.groupby(by, sort=False)}
        for one, other in itertools.combinations(groups, 2):
            if min(len(groups[one]), len(groups[other])) >= 2:
                low, high = _improvement_interval(groups[one], groups[other])
                line = {"metric": metric, "of": one, "over": other, "low": low, "high": high}
                lines.append(line | {"probability": improvement(groups[one], groups[other])})
    return pd.DataFrame(lines, columns=["metric", "of", "over", "probability", "low", "high"])


def _improvement_interval(one: np.ndarray, other: np.ndarray) -> Ends:
    def probability(first: np.ndarray, second: np.ndarray, axis: int = -1) -> Any:
        signs = np.sign(first[..., :, None] - second[..., None, :])
        return (signs.mean((-2, -1)) + 1) / 2

    ends = stats.bootstrap(
        (one, other), probability, n_resamples=1_999, confidence_level=CONFIDENCE, method="percentile", batch=50, rng=0
    ).confidence_interval
    return float(ends.low), float(ends.high)


def selection(frame: pd.DataFrame, by: str = "udr") -> pd.DataFrame:
    """How well a label-free score predicts each supervised one, and what choosing runs by it would give.

    One row per metric: rank correlation over runs with its bootstrap interval; the metric of the run that `by` likes
    best, of a run taken at random (the mean), and of the best run.
    """
    require(by in set(frame["metric"]), f"selection needs the score '{by}'", "none", f"add {by} to the study's metrics")
    by_run = _by_run(frame)
    rows = []
    for name in [metric for metric in by_run if metric != by and is_score(metric)]:
        both = by_run[[by, name]].dropna()
        try:
            estimate, low, high = rank_correlation(both[by].to_numpy(float), both[name].to_numpy(float))
        except TooFewRunsError:
            continue
        chosen = float(both[name].to_numpy(float)[both[by].argmax()])
        mean, best = float(both[name].mean()), float(both[name].max())
        rows.append((name, len(both), estimate, low, high, chosen, mean, best))
    return pd.DataFrame(rows, columns=["metric", "runs", "correlation", "low", "high", "chosen", "mean", "best"])


def _by_run(frame: pd.DataFrame) -> pd.DataFrame:
    """Scores [runs and layers, metrics], parts left out."""
    return frame[frame["part"] == ""].pivot_table(index=["run", "layer"], columns="metric", values="value")
