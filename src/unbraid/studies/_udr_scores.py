"""Scores of several runs together: UDR over the seeds of each combination."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.core import Spec, UsageError, bind, load_entry
from unbraid.evaluation import load_representation, score_id
from unbraid.metrics import Representation, Score
from unbraid.store import REPRESENTATION, RunDirectory, whole_file
from unbraid.studies._plan import group_of
from unbraid.studies._status import TOGETHER, Standing
from unbraid.studies._study import Study
from unbraid.studies._worker import SEED

ROWS = 10_000  # Duan et al. (2020), appendix: rows per model


def scores_together(study: Study, standing: Sequence[Standing]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tidy frame by run, for the metrics that compare the finished seeds of a combination.

    Each combination's scores are kept in a file named by the runs and the question, and computed again without it.
    """
    groups: dict[str, list[Standing]] = {}
    for each in standing:
        if each.state == "done" and study.together:
            groups.setdefault(group_of(each.run), []).append(each)
    rows: dict[str, list[dict[str, Any]]] = {}
    for members in groups.values():
        for metric in study.together:
            for name, found in _kept(study, metric, members).items():
                rows.setdefault(name, []).extend(found)
    return rows


def _kept(study: Study, metric: Spec, members: Sequence[Standing]) -> dict[str, list[dict[str, Any]]]:
    """The file's content, made first where it is missing."""
    names = [each.run.config.folder_name for each in members]
    question = score_id(metric, study.rows, SEED)
    name = f"{metric.name}-{hashlib.sha256(json.dumps([question, *sorted(names)]).encode()).hexdigest()[:16]}.json"
    places = [folder / TOGETHER / name for folder in dict.fromkeys(each.folder.parent for each in members)]
    for path in places:
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    lacking = [each.folder.name for each in members if not RunDirectory(each.folder).has(REPRESENTATION)]
    if lacking:
        return _missing(metric, names, f"no representation of {', '.join(lacking[:3])} is kept")
    found = _scored(metric, [each.folder for each in members], names)
    with whole_file(places[0]) as aside:
        aside.write_text(json.dumps(found), encoding="utf-8")
    return found


def _scored(metric: Spec, folders: Sequence[Path], names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Score the runs of one combination, each latent layer by itself."""
    reps = [load_representation(RunDirectory(folder)) for folder in folders]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for layer in range(len(reps[0].layers)):
        try:
            score = _of_layer(metric, reps, layer)
        except UsageError as mistake:
            return _missing(metric, names, str(mistake))
        for place, name in enumerate(names):
            value = None if score.value is None else float(score.arrays["score"][place])
            line = {"layer": layer, "metric": metric.name, "part": "", "value": value}
            rows[name].append(line | {"variant": score.variant, "reason": score.reason})
    return rows


def _of_layer(metric: Spec, reps: Sequence[Representation], layer: int) -> Score:
    """The metric on at most 10,000 rows, the same ones of every run."""
    step = -(-len(reps[0]) // ROWS)
    parts = [rep.layer(layer).rows(slice(None, None, step)) for rep in reps]  # type: ignore[arg-type]
    entry = load_entry("metrics", metric.name)
    score: Score = entry(parts, **bind(entry, metric.options, metric.name))
    return score


def _missing(metric: Spec, names: Sequence[str], reason: str) -> dict[str, list[dict[str, Any]]]:
    line = {"layer": 0, "metric": metric.name, "part": "", "value": None, "reason": reason}
    return {name: [line] for name in names}
