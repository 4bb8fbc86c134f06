"""Which run of a study to take: ranked by one score, told apart as far as the rows can, and scored again on others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from unbraid.core import Progress, require, shown
from unbraid.core.checked import checked
from unbraid.studies._collect import collect, runs_alone
from unbraid.studies._commands import ROOT, part_of, status
from unbraid.studies._comparison import compared, scored_again
from unbraid.studies._criterion import UDR, Criterion, criterion_of, first_with_labels, with_agreement
from unbraid.studies._fresh_rows import Fresh
from unbraid.studies._short_labels import differing
from unbraid.studies._status import RunStatus
from unbraid.studies._study import Scale, Study, StudyLike, as_study


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


@checked
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
    again = f"unbraid study run {opened.command}"
    require(done, "a choice needs finished runs", "none", again)
    among = {run.name for run in part_of([run.run for run in done], only, None)}
    done = [run for run in done if run.run.name in among]
    opened = with_agreement(opened) if by == UDR else opened
    frame = _scores(opened, done)
    if by is None and first_with_labels(opened, frame) is None:
        opened = with_agreement(opened)
        frame = _scores(opened, done)
    criterion = criterion_of(opened, frame, by)
    table = _ranked(criterion, frame, done)
    if criterion.spec is None:
        lacking = f"{criterion.name} is no score of codes: runs are not compared on rows, nor scored again"
        return Choice(criterion.name, criterion.on, table, None, (lacking,))
    with shown(progress, "comparing") as show:
        table, how = compared(criterion, table, done, show)
    fresh, lacking = scored_again(criterion, table, done)
    notes = (criterion.note, how, lacking)
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
