"""Scores of several runs at once: UDR over the seeds of each combination."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from unbraid.core import Spec, build
from unbraid.evaluation import score_id
from unbraid.metrics import Representation, Score
from unbraid.metrics._answer import answered
from unbraid.studies._record import RunFolder
from unbraid.studies._status import RunStatus
from unbraid.studies._study import Study
from unbraid.studies._worker import SEED

ROWS = 10_000  # Duan et al. (2020), appendix: rows per model

Lines = dict[str, list[dict[str, Any]]]  # run -> rows of the tidy frame


def scores_across_seeds(study: Study, statuses: Sequence[RunStatus]) -> Lines:
    """Rows of the tidy frame by run, for the metrics that compare the finished seeds of a combination.

    Each combination's scores are kept under a name made of the runs and the question, and computed again without it.
    """
    lines: Lines = {}
    for members in _groups(study, statuses):
        for metric in study.metrics_across_seeds:
            for run, rows in _kept(study, metric, members).items():
                lines.setdefault(run, []).extend(rows)
    return lines


def names_across_seeds(study: Study, statuses: Sequence[RunStatus]) -> list[str]:
    """Under which names these scores are kept."""
    groups = _groups(study, statuses)
    return [_name(study, metric, members) for members in groups for metric in study.metrics_across_seeds]


def _groups(study: Study, statuses: Sequence[RunStatus]) -> list[list[RunStatus]]:
    """The finished seeds of each combination; none where the study has no such metric."""
    groups: dict[str, list[RunStatus]] = {}
    for status in statuses:
        if status.state == "done" and study.metrics_across_seeds:
            groups.setdefault(status.run.group, []).append(status)
    return list(groups.values())


def _name(study: Study, metric: Spec, members: Sequence[RunStatus]) -> str:
    question = [score_id(metric, study.rows, SEED), *sorted(status.run.name for status in members)]
    return f"{metric.name}-{hashlib.sha256(json.dumps(question).encode()).hexdigest()[:16]}"


def _kept(study: Study, metric: Spec, members: Sequence[RunStatus]) -> Lines:
    """What is kept of a combination, made first where it is missing."""
    name, runs = _name(study, metric, members), [status.run.name for status in members]
    for status in members:
        lines: Lines | None = status.record.shared(name)
        if lines is not None:
            return lines
    folders = [(status.record.name, status.record) for status in members]
    reps = {name: record.representation() if isinstance(record, RunFolder) else None for name, record in folders}
    lacking = [run for run, rep in reps.items() if rep is None]
    if lacking:
        return _missing(metric, runs, f"no representation of {', '.join(lacking[:3])} is kept")
    lines = _scored(metric, [rep for rep in reps.values() if rep is not None], runs)
    members[0].record.share(name, lines)
    return lines


def _scored(metric: Spec, reps: Sequence[Representation], runs: Sequence[str]) -> Lines:
    """Score the runs of one combination, each latent layer by itself."""
    lines: Lines = {run: [] for run in runs}
    for layer in range(len(reps[0].layers)):
        score = _of_layer(metric, reps, layer)
        if score.value is not None and np.shape(score.arrays.get("score", ())) != (len(runs),):
            return _missing(metric, runs, f"'{metric.name}' takes several codes, and needs a score of each in `arrays`")
        for place, run in enumerate(runs):
            value = None if score.value is None else float(score.arrays["score"][place])
            line = {"layer": layer, "metric": metric.name, "part": "", "value": value}
            lines[run].append(line | {"variant": score.variant, "reason": score.reason})
    return lines


def _of_layer(metric: Spec, reps: Sequence[Representation], layer: int) -> Score:
    """The metric on at most 10,000 rows, the same ones of every run."""
    step = -(-len(reps[0]) // ROWS)
    parts = [rep.layer(layer).rows(slice(None, None, step)) for rep in reps]  # type: ignore[arg-type]
    return answered(lambda: build("metrics", metric, reps=parts), metric)


def _missing(metric: Spec, runs: Sequence[str], reason: str) -> Lines:
    line = {"layer": 0, "metric": metric.name, "part": "", "value": None, "reason": reason}
    return {run: [line] for run in runs}
