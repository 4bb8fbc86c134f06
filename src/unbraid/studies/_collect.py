"""From run directories to one tidy frame of every score of every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from unbraid.evaluation import read_scores
from unbraid.store import RunDirectory
from unbraid.studies._learning_order import learning_orders
from unbraid.studies._plan import flat, group_of
from unbraid.studies._status import Standing
from unbraid.studies._study import Study
from unbraid.studies._udr_scores import scores_together
from unbraid.studies._worker import PROGRESSION, score_ids

LOGGED = {"log/reconstruction": "reconstruction", "log/kl": "kl", "log/loss": "loss/model"}
HEAD = "reconstruction/"


def collect(study: Study, standing: Sequence[Standing]) -> pd.DataFrame:
    """One row per finished run, layer, metric and part.

    Columns: metric, part ("" for the score itself), value, reason, layer and what else the run's table has; every
    setting by dotted name, `axis/…` for the axes, run, group (what the seeds of one combination share) and label.
    Scores that a run does not have stand with a missing value and their reason, never as 0. The last tenth of the
    training log gives `log/reconstruction`, `log/kl` and `log/loss`, and `log/head` for each layer's own image head;
    where scores were noted during training there is also `learning_order`.
    """
    together = scores_together(study, standing)
    orders = learning_orders(standing)
    frames = []
    for each in standing:
        run = RunDirectory(each.folder)
        if each.state == "done":
            scores = read_scores(run)
            scores = scores[scores["score_id"].isin(score_ids(each.run.config, study.rows))]
            name = each.run.config.folder_name
            extra = pd.DataFrame([*logged(run), *together.get(name, []), *orders.get(name, [])])
            frames.append(_settled(each, pd.concat([scores, extra], ignore_index=True)))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def progression(standing: Iterable[Standing]) -> pd.DataFrame:
    """Scores over training, one row per finished run, step, layer, metric and part."""
    done = [(each, RunDirectory(each.folder)) for each in standing if each.state == "done"]
    frames = [_settled(each, run.read_table(PROGRESSION)) for each, run in done if run.has(PROGRESSION)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["metric", "part", "value"])


def logged(run: RunDirectory) -> list[dict[str, Any]]:
    """Means over the last tenth of the log, as rows of the tidy frame."""
    log = pd.DataFrame(run.read_log())
    if not len(log):
        return []
    last = log.tail(max(len(log) // 10, 1)).mean()
    there = [(0, name, column) for name, column in LOGGED.items() if column in last]
    heads = [str(column) for column in last.index if str(column).startswith(HEAD)]
    there += [(int(column.removeprefix(HEAD)), "log/head", column) for column in heads]
    line = {"part": "", "variant": "training log"}
    return [line | {"layer": at, "metric": name, "value": float(last[column])} for at, name, column in there]


def _settled(each: Standing, frame: pd.DataFrame) -> pd.DataFrame:
    """A run's rows with its settings, axes and names beside them."""
    axes = {f"axis/{axis}": _plain(value) for axis, value in each.run.axes.items()}
    named = {"run": each.run.config.folder_name, "group": group_of(each.run), "label": each.run.label}
    settings = {**flat(each.run.config), **axes, **named}
    beside = pd.DataFrame([settings] * len(frame), index=frame.index)
    return pd.concat([frame, beside[[c for c in beside if c not in frame]]], axis=1)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool)) else str(value)
