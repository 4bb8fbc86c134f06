"""The tables of a study: views of its finished runs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from unbraid.core import require, require_choice, require_known
from unbraid.core.checked import checked
from unbraid.studies._collect import collect, runs_alone
from unbraid.studies._commands import ROOT, status
from unbraid.studies._improvement import improvements
from unbraid.studies._methods import methods_table
from unbraid.studies._options import View
from unbraid.studies._short_labels import differing
from unbraid.studies._status import damage_of
from unbraid.studies._study import Scale, StudyLike, as_study
from unbraid.studies._summary import rank_correlations, selection, summary_table, variance_table


@checked
def table(
    study: StudyLike,
    *,
    scale: Scale = "pocket",
    root: Path | str = ROOT,
    archive: Path | str | None = None,
    view: View = "methods",
    scores: Sequence[str] | None = None,
    parts: bool = False,
) -> pd.DataFrame:
    """A table over the finished runs of a study, with intervals over seeds.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        scale: paper, pocket or smoke.
        root: the folder that holds the studies' folders.
        archive: folder of kept runs, which count as done.
        view: methods: a row for each combination, baseline and floor, columns for each score (see `methods_table`).
            summary: mean, median and interquartile mean of each combination, one row a score. tidy: one row per run
            and score. agreement: Spearman correlation between scores over runs. variance: shares explained by
            objective, hyperparameter and seed. improvement: probability that a run of one method scores higher than
            one of another, where that is one quantity. selection: how well UDR predicts the other scores.
        scores: these only, by name; all when None, and in `methods` all scores of codes.
        parts: also the parts of each score.

    Raises:
        UsageError: no finished runs, an unknown view or score.
    """
    require_choice(view, View, "view")
    study = as_study(study, scale)
    statuses = status(study, root=root, archive=archive)
    frame = collect(study, statuses)
    for line in damage_of(statuses):
        warnings.warn(f"the table is without what could not be read: {line}", stacklevel=2)
    again = f"unbraid study run {study.command}"
    require(len(frame), "a table needs finished runs", "none", again)
    if view == "methods":
        return methods_table(frame, scores, differing([status.run for status in statuses if status.state == "done"]))
    for name in scores or ():
        require_known(name, set(frame["metric"]), "score of the study")
    frame = frame if scores is None else frame[frame["metric"].isin(scores)]
    return _view(view)(frame if parts or view == "tidy" else frame[frame["part"] == ""])


def _view(name: View) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The function from the tidy frame to a table."""
    views: dict[str, Callable[[Any], Any]] = {
        "summary": summary_table,
        "tidy": lambda frame: frame,
        "agreement": lambda frame: rank_correlations(runs_alone(frame)).rename_axis("metric").reset_index(),
        "variance": lambda frame: variance_table(runs_alone(frame)),
        "improvement": lambda frame: improvements(runs_alone(frame)),
        "selection": lambda frame: selection(runs_alone(frame)),
    }
    return views[name]
