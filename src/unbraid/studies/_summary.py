"""Statistics over the runs of a study: locations with intervals, agreement, variance shares, selection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from unbraid.core import require
from unbraid.studies._collect import is_score
from unbraid.studies._locations import location
from unbraid.studies.claims._selection import TooFewRunsError
from unbraid.studies.claims._statistics import rank_correlation


def summary_table(frame: pd.DataFrame, by: Sequence[str] = ("group", "label")) -> pd.DataFrame:
    """Mean, median and interquartile mean of each score over the seeds of a group, with their 95 % intervals.

    The interval of the mean is Student's (`interval` says so, and that it is of fewer than six runs); those of median
    and interquartile mean exist from six runs on. Equal values have none. `two_peaked` says that the runs fall into two
    groups, so that none of these says where they lie: see `unbraid.studies.two_peaked`.

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
