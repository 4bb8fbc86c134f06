"""Scores of many runs: of a study, or of folders."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from unbraid.core import require, require_known
from unbraid.studies import (
    PlannedRun,
    RunStatus,
    Scale,
    StudyLike,
    as_study,
    collect,
    collect_folders,
    differing,
    folder_statuses,
    is_score,
    logs_over_training,
    runs_alone,
    scores_over_training,
    status,
)

__all__ = ["Scores", "scores_of_runs", "scores_of_study"]


@dataclass(frozen=True)
class Scores:
    """Scores of many runs.

    Args:
        frame: see `unbraid.studies.collect`, labels shortened to what differs.
        statuses: the runs.
        names: run -> what tells its combination apart.
        what: whose they are, for messages.
        again: the command that makes more of them.
    """

    frame: pd.DataFrame
    statuses: Sequence[RunStatus]
    names: Mapping[str, str]
    what: str
    again: str

    @property
    def training(self) -> pd.DataFrame:
        """See `unbraid.studies.scores_over_training`."""
        return _labelled(scores_over_training(self.statuses), self.names)

    @property
    def log(self) -> pd.DataFrame:
        """The training logs in the same form."""
        return _labelled(logs_over_training(self.statuses), self.names)

    @property
    def alone(self) -> pd.DataFrame:
        """The rows of runs, without those of baselines."""
        return runs_alone(self.frame)

    def chosen(self, figure: str, metrics: Sequence[str] | None) -> list[str]:
        """Names of scores: those asked for, which must be there, or all that have a value.

        Raises:
            UsageError: there are none, or not that one.
        """
        rows = self.frame[(self.frame["part"] == "") & self.frame["value"].notna()]
        there = list(dict.fromkeys(rows["metric"].astype(str)))
        for metric in metrics or ():
            require_known(metric, there, f"{figure}: a score of {self.what}")
        chosen = [name for name in there if is_score(name)] if metrics is None else list(metrics)
        require(chosen, f"{figure} needs scores", f"none of {self.what}", self.again)
        return chosen


def scores_of_study(study: StudyLike, scale: Scale, root: Path | str, archive: Path | str | None) -> Scores:
    """Of the finished runs of a study.

    Raises:
        UsageError: no such study, or no finished runs.
    """
    if isinstance(study, Path):
        study = str(study)
    study = as_study(study, scale)
    statuses = status(study, root=root, archive=archive)
    done = [run.run for run in statuses if run.state == "done"]
    again = f"unbraid study run {study.command}"
    require(done, "a figure of a study needs finished runs", f"none of {study.name} in {root}", again)
    return _scores(done, collect(study, statuses), statuses, f"the study {study.name}", again)


def scores_of_runs(folders: Sequence[Path], trust: bool) -> Scores:
    """Of run folders.

    Raises:
        UsageError: one is no run, or names code from elsewhere without `trust`.
    """
    statuses = folder_statuses(folders, trust=trust)
    what = f"{len(folders)} runs" if len(folders) > 1 else str(folders[0])
    again = f"unbraid evaluate {shlex.quote(str(folders[0]))}"
    return _scores([run.run for run in statuses], collect_folders(statuses), statuses, what, again)


def _scores(
    runs: Sequence[PlannedRun], frame: pd.DataFrame, statuses: Sequence[RunStatus], what: str, again: str
) -> Scores:
    names = differing(runs)
    return Scores(_labelled(frame, names), statuses, names, what, again)


def _labelled(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """With what tells combinations apart as their labels; baselines keep theirs."""
    return frame.assign(label=frame["run"].map(names).fillna(frame["label"])) if len(frame) else frame
