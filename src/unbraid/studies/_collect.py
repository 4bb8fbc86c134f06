"""From run directories to tables: a tidy frame of every score of every run, and summaries over seeds."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from unbraid.store import METRICS, RunDirectory
from unbraid.studies._plan import flat, group_of
from unbraid.studies._state import Standing
from unbraid.studies._work import PROGRESSION

RESAMPLES = 9_999
CONFIDENCE = 0.95


def collect(standing: Iterable[Standing], table: str = METRICS) -> pd.DataFrame:
    """One row per run, layer, metric and part: settings by dotted name, run, group, seed, label, value, reason.

    Scores that a run does not have stand with a missing value and their reason, never as 0. The last tenth of the
    training log gives `log/reconstruction`, `log/kl` and `log/loss`.
    """
    frames = []
    for each in standing:
        run = RunDirectory(each.folder)
        if each.state != "done" or not run.has(table):
            continue
        frame = run.read_table(table)
        if table == METRICS:
            frame = pd.concat([frame, pd.DataFrame(_logged(run))], ignore_index=True)
        settings = {key: value for key, value in flat(each.run.config).items() if not isinstance(value, list)}
        axes = {f"axis/{axis}": _plain(value) for axis, value in each.run.axes.items()}
        named = {"run": each.run.config.folder_name, "group": group_of(each.run), "label": _label(each)}
        frames.append(frame.assign(**{**settings, **axes, **named}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def progression(standing: Iterable[Standing]) -> pd.DataFrame:
    """Scores over training, one row per run, step, metric and part."""
    return collect(standing, PROGRESSION)


def summary(frame: pd.DataFrame, by: Sequence[str] = ("group", "label")) -> pd.DataFrame:
    """Mean, median, interquartile mean and bootstrap interval of each score over the seeds of a group.

    Missing values are left out and counted in `missing`; a group with none gets empty cells.
    """
    rows = []
    for key, part in frame.groupby([*by, "layer", "metric", "part"], sort=False, dropna=False):
        values = part["value"].dropna().to_numpy(float)
        rows.append(
            dict(zip([*by, "layer", "metric", "part"], key, strict=True))
            | {"runs": len(values), "missing": len(part) - len(values)}
            | location(values)
        )
    return pd.DataFrame(rows)


def location(values: np.ndarray) -> dict[str, float | None]:
    """Mean with a bootstrap (BCa, else percentile) 95 % interval, median, interquartile mean; None without values."""
    if not len(values):
        return dict.fromkeys(("mean", "low", "high", "median", "interquartile_mean"))
    low, high = interval(values)
    return {
        "mean": float(values.mean()),
        "low": low,
        "high": high,
        "median": float(np.median(values)),
        "interquartile_mean": float(stats.trim_mean(values, 0.25)),
    }


def interval(values: np.ndarray) -> tuple[float | None, float | None]:
    """Bootstrap interval of the mean; none for a single value."""
    if len(values) < 2:
        return None, None
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    method = "BCa" if len(values) >= 5 else "percentile"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            (values,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method=method, rng=0
        ).confidence_interval
    return (float(found.low), float(found.high)) if np.isfinite(found.low) else (None, None)


def rank_agreement(frame: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Spearman correlation between metrics over runs [M, M]; empty where fewer than three runs have both."""
    wide = frame[frame["part"] == ""].pivot_table(index=["run", "layer"], columns="metric", values="value")
    wide = wide[list(metrics)] if metrics is not None else wide
    return wide.corr(method="spearman", min_periods=3)


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


def improvement(one: np.ndarray, other: np.ndarray) -> float:
    """Probability that a run of `one` scores higher than one of `other`: Mann-Whitney U over the product of counts."""
    return float(stats.mannwhitneyu(one, other, alternative="greater").statistic / (len(one) * len(other)))


def _logged(run: RunDirectory) -> list[dict[str, Any]]:
    """Means over the last tenth of the log, as rows of the tidy frame."""
    log = pd.DataFrame(run.read_log())
    if not len(log):
        return []
    last = log.tail(max(len(log) // 10, 1)).mean()
    names = {"log/reconstruction": "reconstruction", "log/kl": "kl", "log/loss": "loss/model"}
    return [
        {"layer": 0, "metric": name, "part": "", "value": float(last[column]), "variant": "training log"}
        for name, column in names.items()
        if column in last
    ]


def _label(each: Standing) -> str:
    """The axes without the seed, short enough for a figure."""
    return each.run.label.rpartition(" seed=")[0] or each.run.label


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool)) else str(value)
