"""Which run of a study to take: ranked by one score, told apart as far as the rows can, and scored again on others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from unbraid.core import Progress, require, shown
from unbraid.metrics import Representation
from unbraid.studies._collect import collect, runs_alone
from unbraid.studies._commands import ROOT, part_of, status
from unbraid.studies._criterion import UDR, Criterion, Place, criterion_of, first_with_labels, with_agreement
from unbraid.studies._fold_scores import LIMIT, FoldScores, fold_scores, separated
from unbraid.studies._fresh_rows import Fresh, on_fresh_rows, on_the_other_half
from unbraid.studies._plan import group_of
from unbraid.studies._short_labels import differing
from unbraid.studies._status import RunStatus
from unbraid.studies._study import Scale, Study, StudyLike, as_study

COMPARED = 100  # of the highest ranks are compared with the best


@dataclass(frozen=True)
class Choice:
    """The runs of a study, ranked, and what is known of the first of them.

    Args:
        by: the score they are ranked by.
        on: `above`, the score above chance, or `value`.
        table: one row per run and latent layer, best first: rank, method, seed, layer, run, folder, score (what it is
            ranked by), value, behind (how far its score is from the best), p (that this is noise of the rows,
            one-sided, adjusted for all runs) and separated (missing where it was not tested).
        fresh: the score of the chosen run on rows that had no part in choosing it; None where that is not possible.
        notes: what was done, and what is lacking.
    """

    by: str
    on: str
    table: pd.DataFrame
    fresh: Fresh | None
    notes: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where the best run lies."""
        return Path(str(self.table["folder"].iloc[0]))


def best(
    study: StudyLike,
    *,
    by: str | None = None,
    only: str | None = None,
    scale: Scale = "pocket",
    root: Path | str = ROOT,
    archive: Path | str | None = None,
    progress: Progress | bool | None = True,
) -> Choice:
    """Rank the finished runs of a study by a score, and say how far that can be believed.

    Runs are scored again on ten disjoint folds of their rows, and each is compared with the best by Student's t over
    folds, at 5 % over the number of others: the run that is truly best on rows drawn alike is the first or among those
    not separated from it in at least 95 % of cases. The best is then scored on as many fresh rows of its data; where
    all were used, the choice is made again on one half of the rows and scored on the other. What this says is of rows
    alone: another seed of the same settings may come out otherwise, see the intervals of `table`.

    Args:
        study: a study file, the name of a shipped one, or an opened `Study`.
        by: the score to rank by, above chance where all runs have that. Without one it is the first score with labels
            that the study has above chance; where the data have no labels, UDR, the agreement among the seeds of a
            combination.
        only: only runs whose label contains this text.
        scale: paper, pocket or smoke; of a file or name.
        root: the folder that holds the studies' folders.
        archive: folder of kept runs, which count as done; they are ranked too, and compared as far as their codes are
            kept.
        progress: show a bar; a function is called with (what, runs done, runs in all).

    Raises:
        UsageError: no finished runs, no such score, one of which neither end is better, or raw values that do not
            compare.
    """
    opened = as_study(study, scale)
    done = [run for run in status(opened, root=root, archive=archive) if run.state == "done"]
    again = f"unbraid study run {opened.name} --scale {opened.scale}"
    require(done, "a choice needs finished runs", "none", again)
    among = {run.name for run in part_of([run.run for run in done], only, None)}
    done = [run for run in done if run.run.name in among]
    frame = _scores(opened, done)
    if by == UDR or (by is None and first_with_labels(opened, frame) is None):
        opened = with_agreement(opened)
        frame = _scores(opened, done)
    criterion = criterion_of(opened, frame, by)
    table = _ranked(criterion, frame, done)
    if criterion.spec is None:
        lacking = f"{criterion.name} is no score of codes: runs are not compared on rows, nor scored again"
        return Choice(criterion.name, criterion.on, table, None, (lacking,))
    with shown(progress, "comparing") as show:
        table, compared = _compared(criterion, table, done, show)
    fresh, lacking = _scored_again(criterion, table, done)
    notes = (criterion.note, compared, lacking)
    return Choice(criterion.name, criterion.on, table, fresh, tuple(note for note in notes if note))


def _scores(study: Study, done: list[RunStatus]) -> pd.DataFrame:
    """The scores of runs, parts and baselines left out."""
    frame = runs_alone(collect(study, done))
    return frame[frame["part"] == ""]


def _ranked(criterion: Criterion, frame: pd.DataFrame, done: list[RunStatus]) -> pd.DataFrame:
    """The runs with their scores, best first."""
    rows = frame[(frame["metric"] == criterion.name) & frame[criterion.on].notna()]
    rows = rows.sort_values(criterion.on, ascending=criterion.lower and criterion.on == "value", kind="stable")
    names, folders = differing([run.run for run in done]), {run.run.name: str(run.folder) for run in done}
    score = rows[criterion.on].astype(float)
    table = pd.DataFrame({"rank": range(1, len(rows) + 1), "method": rows["run"].map(names).to_numpy()})
    for name in ("seed", "layer", "run"):
        table[name] = rows[name].to_numpy()
    behind = (score - score.iloc[0]).abs()
    return table.assign(
        p=pd.array([None] * len(table), dtype="Float64"),
        separated=pd.array([None] * len(table), dtype="boolean"),
        folder=table["run"].map(folders),
        score=score.to_numpy(),
        value=rows["value"].to_numpy(float),
        behind=behind.to_numpy(),
    )


def _compared(
    criterion: Criterion, table: pd.DataFrame, done: list[RunStatus], show: Progress | None
) -> tuple[pd.DataFrame, str]:
    """The table with p and `separated`, and how they were found or what is lacking."""
    places: list[Place] = list(zip(table["run"], table["layer"].astype(int), strict=True))
    among = {run for run, _ in places[:COMPARED]}
    scores: dict[Place, FoldScores] = {}
    lacking: list[str] = []
    combinations = _combinations(criterion, done, among)
    for number, runs in enumerate(combinations):
        if show is not None:
            show("comparing", number, len(combinations))
        reps = _loaded(runs, done)
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
        groups.setdefault(group_of(run.run), []).append(run.run.name)
    return [runs for runs in groups.values() if among & set(runs)]


def _loaded(runs: list[str], done: list[RunStatus]) -> dict[str, Representation]:
    """The codes of runs that have them."""
    records = {run.run.name: run.record for run in done if run.run.name in runs}
    return {run: rep for run, record in records.items() if (rep := record.representation()) is not None}


def _scored_again(criterion: Criterion, table: pd.DataFrame, done: list[RunStatus]) -> tuple[Fresh | None, str]:
    """The first run on fresh rows, or chosen again on half of them; or what is lacking for either."""
    first = table.iloc[0]
    place: Place = (str(first["run"]), int(first["layer"]))
    combinations = _combinations(criterion, done, set(table["run"][:COMPARED]))
    runs = next(runs for runs in combinations if place[0] in runs)
    records = {run.run.name: run.record for run in done}
    fresh, why = on_fresh_rows(criterion, place, float(first["score"]), {run: records[run] for run in runs})
    if fresh is not None:
        return fresh, ""
    kept = [runs for runs in combinations if len(_loaded(runs, done)) == len(runs)]
    if not any(place[0] in runs for runs in kept):
        return None, f"not scored on fresh rows: {why}; unbraid study run trains it again, without --archive"
    fresh, lacking = on_the_other_half(criterion, kept, lambda run: records[run].representation())
    return fresh, f"no fresh rows ({why}): {lacking or 'chosen again on one half of the rows, scored on the other'}"
