"""From finished runs to one tidy frame of every score of every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from unbraid.evaluation import OF_THE_DATA
from unbraid.studies._learning_order import learning_orders
from unbraid.studies._plan import PlannedRun
from unbraid.studies._record import RunRecord
from unbraid.studies._status import RunStatus
from unbraid.studies._study import Study
from unbraid.studies._udr_scores import scores_across_seeds
from unbraid.studies._worker import score_ids

LOGGED = {"log/reconstruction": "reconstruction", "log/kl": "kl", "log/loss": "loss/model"}
HEAD = "reconstruction/"
STRETCHES = 60  # of a training log that is drawn
NO_SCORES = ("log/", "check/", "heldout/")  # how metrics begin that say how a run went, not what its codes are
UNTAUGHT = ("untrained", *OF_THE_DATA)  # baselines that are the same whatever the objective is


def collect(study: Study, statuses: Sequence[RunStatus]) -> pd.DataFrame:
    """One row per finished run, layer, metric and part.

    Columns: metric, part ("" for the score itself), value, reason, layer and what else the run's table has; every
    setting by dotted name, `axis/…` for the axes, run, group (what the seeds of one combination share) and label.
    Scores that a run does not have stand with a missing value and their reason, never as 0. The last tenth of the
    training log gives `log/reconstruction`, `log/kl` and `log/loss`, and `log/head` for each layer's own image head;
    the table of checks gives `check/…` and `heldout/…` (see `unbraid.evaluation.checks`). Where scores were noted
    during training there is also `learning_order`.

    Where the study has baselines, their rows follow, with their name in the column `baseline` ("" for runs) and in
    `label`, and groups of their own; what depends on the data alone stands once.
    """
    across_seeds = scores_across_seeds(study, statuses)
    orders = learning_orders(statuses)
    frames = []
    for status in statuses:
        scores = status.record.scores() if status.state == "done" else None
        if scores is not None:
            run = status.run
            scores = scores[scores["score_id"].isin(score_ids(run.config, study.rows))]
            rows = [*logged(status.record), *checked(status.record)]
            extra = pd.DataFrame([*rows, *across_seeds.get(run.name, []), *orders.get(run.name, [])])
            frames.append(with_settings(run, pd.concat([scores, extra], ignore_index=True)))
    if frames and study.baselines:
        frames = [frame.assign(baseline="") for frame in frames] + _of_baselines(statuses, study.rows)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def collect_folders(statuses: Sequence[RunStatus]) -> pd.DataFrame:
    """The tidy frame of runs that no study asked for, see `folder_statuses`: all their scores and baselines."""
    frames = []
    for status in statuses:
        scores = status.record.scores()
        parts = [pd.DataFrame() if scores is None else scores, pd.DataFrame(logged(status.record))]
        rows = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
        frames.append(with_settings(status.run, rows).assign(baseline=""))
    frames = [frame for frame in [*frames, *_of_baselines(statuses)] if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def runs_alone(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of runs, without those of baselines."""
    return frame[frame["baseline"] == ""] if "baseline" in frame else frame


def _of_baselines(statuses: Sequence[RunStatus], rows: int | None = None) -> list[pd.DataFrame]:
    """The rows of baselines, run by run, of scores on so many rows; those that no objective has a part in once."""
    frames, seen = [], set()
    for status in statuses:
        table = status.record.baselines() if status.state == "done" else None
        if table is None:
            continue
        run = status.run
        table = table if rows is None else table[table["score_id"].isin(score_ids(run.config, rows))]
        for name, part in table.groupby("baseline", sort=False):
            values = part.drop(columns="reason").to_csv(index=False)
            if name in UNTAUGHT and values in seen:
                continue
            seen.add(values)
            frames.append(with_settings(run, part).assign(run=f"{name} {run.name}", **_names(str(name), run, values)))
    return frames


def _names(name: str, run: PlannedRun, values: str) -> dict[str, str]:
    """Label and group of a baseline: those of its run, unless no objective has a part in it.

    Seeds of an untrained network are a group; components of the images are alone, for they have no seeds.
    """
    if name not in UNTAUGHT:
        return {"label": f"{name} of {run.label}", "group": f"{name} {run.group}"}
    config = run.config.to_dict()
    untrained = name == "untrained"
    same = json.dumps([config[key] for key in ("data", "model", "start")], sort_keys=True) if untrained else values
    label = f"{name} {run.config.model.name}" if untrained else name
    group = f"{name} {hashlib.sha256(same.encode()).hexdigest()[:8]}"
    return {"label": label, "group": group, "objective": name}


def scores_over_training(statuses: Iterable[RunStatus]) -> pd.DataFrame:
    """Scores over training, one row per finished run, step, layer, metric and part."""
    done = [(status.run, status.record.progress()) for status in statuses if status.state == "done"]
    frames = [with_settings(run, progress) for run, progress in done if progress is not None]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def logs_over_training(statuses: Iterable[RunStatus]) -> pd.DataFrame:
    """The terms of the training logs as `scores_over_training` has scores: means over at most 60 stretches of steps."""
    frames = []
    for status in statuses:
        log = pd.DataFrame(status.record.log()) if status.state == "done" else pd.DataFrame()
        there = [(name, column) for name, column in LOGGED.items() if column in log]
        if there and "step" in log:
            stretches = log.groupby(np.arange(len(log)) * min(len(log), STRETCHES) // len(log)).mean()
            rows = [stretches[["step"]].assign(metric=name, value=stretches[column]) for name, column in there]
            frames.append(with_settings(status.run, pd.concat(rows, ignore_index=True).assign(layer=0, part="")))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def logged(record: RunRecord) -> list[dict[str, Any]]:
    """Means over the last tenth of the log, as rows of the tidy frame."""
    log = pd.DataFrame(record.log())
    if not len(log):
        return []
    last = log.tail(max(len(log) // 10, 1)).mean()
    there = [(0, name, column) for name, column in LOGGED.items() if column in last]
    heads = [str(column) for column in last.index if str(column).startswith(HEAD)]
    there += [(int(column.removeprefix(HEAD)), "log/head", column) for column in heads]
    line = {"part": "", "variant": "training log"}
    return [line | {"layer": at, "metric": name, "value": float(last[column])} for at, name, column in there]


def checked(record: RunRecord) -> list[dict[str, Any]]:
    """Manipulation checks and evaluation-mode losses, as rows of the tidy frame."""
    table = record.checks()
    if table is None:
        return []
    columns = ["layer", "part", "value", "reason", "note"]
    return table.rename(columns={"check": "metric"})[["metric", *columns]].to_dict("records")  # type: ignore[return-value]


def is_score(metric: object) -> bool:
    """Whether a metric of the tidy frame is a score of codes, not a loss, a check or a line of the log.

    >>> [is_score(name) for name in ("mig", "log/kl", "check/plateau")]
    [True, False, False]
    """
    return not str(metric).startswith(NO_SCORES)


def with_settings(run: PlannedRun, frame: pd.DataFrame) -> pd.DataFrame:
    """A run's rows with its settings, axes and names beside them."""
    settings = {**run.settings, "run": run.name, "group": run.group, "label": run.label}
    beside = pd.DataFrame([settings] * len(frame), index=frame.index)
    return pd.concat([frame, beside[[column for column in beside if column not in frame]]], axis=1)
