"""The ranked runs of a study compared with the first of them by their rows, and the first scored again."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from unbraid.core import Progress
from unbraid.metrics import Representation
from unbraid.studies._criterion import Criterion, Place
from unbraid.studies._fold_scores import LIMIT, FoldScores, fold_scores, separated
from unbraid.studies._fresh_rows import Fresh, on_fresh_rows, on_the_other_half
from unbraid.studies._record import RunRecord
from unbraid.studies._status import RunStatus

COMPARED = 100  # of the highest ranks are compared with the best


def compared(
    criterion: Criterion, table: pd.DataFrame, done: list[RunStatus], show: Progress | None
) -> tuple[pd.DataFrame, str]:
    """The table with p and `separated`, and how they were found or what is lacking."""
    places: list[Place] = list(zip(table["run"], table["layer"].astype(int), strict=True))
    among = {run for run, _ in places[:COMPARED]}
    scores: dict[Place, FoldScores] = {}
    lacking: list[str] = []
    combinations = _combinations(criterion, done, among)
    records = {run.run.name: run.record for run in done}
    for number, runs in enumerate(combinations):
        if show is not None:
            show("comparing", number, len(combinations))
        reps = _loaded(runs, records)
        if len(reps) < len(runs):
            lacking.append(f"no codes of {', '.join(run for run in runs if run not in reps)} are kept")
            continue
        scored, why = fold_scores(criterion, reps)
        scores |= scored
        lacking += [why] if why else []
    p = separated(places[0], scores, places[1:])
    values = [p.get(place) for place in places]
    table = table.assign(p=pd.array(values, dtype="Float64"))
    table["separated"] = (table["p"] < LIMIT).astype("boolean")
    if len(places) > 1 and not p:
        return table, f"not compared with the best: {lacking[0] if lacking else 'nothing to compare'}"
    folds = len(next(iter(scores.values())).values) if scores else 0
    said = f"compared by Student's t over {folds} folds of the rows, p adjusted for {len(places) - 1} others"
    missing = len(places) - 1 - len(p)
    return table, said + (f"; {missing} of them not compared ({(lacking or ['lower ranks'])[0]})" if missing else "")


def _combinations(criterion: Criterion, done: list[RunStatus], among: set[str]) -> list[list[str]]:
    """Runs that are scored together: each by itself, or all seeds of a combination."""
    if not criterion.across_seeds:
        return [[run.run.name] for run in done if run.run.name in among]
    groups: dict[str, list[str]] = {}
    for run in done:
        groups.setdefault(run.run.group, []).append(run.run.name)
    return [runs for runs in groups.values() if among & set(runs)]


def _loaded(runs: list[str], records: Mapping[str, RunRecord]) -> dict[str, Representation]:
    """The codes of runs that have them."""
    return {run: rep for run in runs if (rep := records[run].representation()) is not None}


def scored_again(criterion: Criterion, table: pd.DataFrame, done: list[RunStatus]) -> tuple[Fresh | None, str]:
    """The first run on fresh rows, or chosen again on half of them; or what is lacking for either."""
    first = table.iloc[0]
    place: Place = (str(first["run"]), int(first["layer"]))
    combinations = _combinations(criterion, done, set(table["run"][:COMPARED]))
    runs = next(runs for runs in combinations if place[0] in runs)
    records = {run.run.name: run.record for run in done}
    fresh, why = on_fresh_rows(criterion, place, float(first["score"]), {run: records[run] for run in runs})
    if fresh is not None:
        return fresh, ""
    if len(_loaded(runs, records)) < len(runs):
        return None, f"not scored on fresh rows: {why}; unbraid study run trains it again, without --archive"
    kept = [runs for runs in combinations if len(_loaded(runs, records)) == len(runs)]
    fresh, lacking = on_the_other_half(criterion, kept, lambda run: records[run].representation())
    return fresh, f"no fresh rows ({why}): {lacking or 'chosen again on one half of the rows, scored on the other'}"
