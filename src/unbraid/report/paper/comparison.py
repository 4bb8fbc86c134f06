"""Scores of methods side by side, with floors and baselines."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from unbraid.core.values import Count
from unbraid.figures.comparison import comparison as draw
from unbraid.report.paper._scores import Scores
from unbraid.report.study._figures import estimates, whole_scores

__all__ = ["comparison"]


def comparison(
    scores: Scores,
    *,
    metrics: Sequence[str] | None = None,
    floors: bool = True,
    baselines: bool = True,
    columns: Count = 3,
) -> Figure:
    """Scores of methods: mean, Student's 95 % interval over seeds and single runs, beside chance and baselines.

    Args:
        scores: of a study, or of runs.
        metrics: names of scores, such as [mig, dci, log/kl]; all scores of codes when null.
        floors: mark what codes that know nothing score, where it was measured.
        baselines: also codes that cost no training, where they were scored (`unbraid evaluate RUN --baselines`).
        columns: panels side by side at most.
    """
    chosen = scores.chosen("comparison", metrics)
    frame = scores.frame if baselines else scores.alone
    means = whole_scores(frame[frame["metric"].isin(chosen)])
    quiet = means["group"].isin(set(frame.loc[_of_baselines(frame), "group"]))
    drawn = estimates(frame, chosen)
    return draw(
        drawn, floors=_floors(means) if floors else None, baselines=set(means.loc[quiet, "label"]), columns=columns
    )


def _of_baselines(frame: pd.DataFrame) -> pd.Series:
    return frame["baseline"].fillna("") != "" if "baseline" in frame else pd.Series(False, frame.index)


def _floors(means: pd.DataFrame) -> dict[str, dict[str, float]] | None:
    """Score -> group -> floor, where it was measured."""
    if "floor" not in means or means["floor"].isna().all():
        return None
    known = means[means["floor"].notna()]
    by_metric = known.groupby("metric", sort=False)
    return {str(metric): dict(zip(rows["label"], rows["floor"], strict=True)) for metric, rows in by_metric}
