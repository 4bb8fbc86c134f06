"""The chosen run scored again, on rows that had no part in choosing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unbraid.core import rng
from unbraid.evaluation import chosen_rows, encode
from unbraid.metrics import Representation
from unbraid.store import MODEL, REPRESENTATION
from unbraid.studies._criterion import Criterion, Place
from unbraid.studies._fold_scores import Load
from unbraid.studies._record import RunFolder, RunRecord
from unbraid.studies._worker import SEED
from unbraid.training import Run


@dataclass(frozen=True)
class Fresh:
    """What a chosen run scores on the rows it was chosen by, and on others.

    Args:
        run: its folder's name.
        chosen: its score on the rows it was chosen by.
        fresh: its score on other rows.
        rows: how many those are.
        halves: whether the run was chosen again on one half of the rows and scored on the other, for the data have no
            further rows.
    """

    run: str
    chosen: float
    fresh: float
    rows: int
    halves: bool

    @property
    def curse(self) -> float:
        """The winner's curse: how far the score that it was chosen by exceeds the other."""
        return self.chosen - self.fresh


def on_fresh_rows(
    criterion: Criterion, place: Place, chosen: float, records: Mapping[str, RunRecord]
) -> tuple[Fresh | None, str]:
    """The score of a run on rows of its data that were never encoded, or what is lacking for that.

    Args:
        criterion: what it was chosen by.
        place: the run and its layer.
        chosen: its score then.
        records: of the run, and of all seeds of its combination where the criterion is taken over them.
    """
    folders = {run: record for run, record in records.items() if isinstance(record, RunFolder)}
    lacking = [run for run in records if run not in folders or not folders[run].files.has(MODEL)]
    if lacking:
        return None, f"the weights of {', '.join(lacking[:3])} are not kept"
    reps: dict[str, Representation] = {}
    rows = np.empty(0, dtype=np.int64)
    for run, record in folders.items():
        opened = Run(record.folder, trust=True)
        used = record.files.read_tensors(REPRESENTATION)["index"]
        rows = _other_rows(len(opened.dataset), used)
        if len(rows) < max(len(used) // 2, criterion.fewest):
            return None, f"all {len(used):,} rows but {len(rows):,} were encoded"
        reps[run] = encode(opened.model, opened.dataset, rows, device=opened.device, progress=False)
    scored = criterion.scores(reps, np.arange(len(rows)), criterion.floor)[place]
    fresh = criterion.read(scored)
    if fresh is None:
        return None, f"there is no {criterion.name} on other rows: {scored.reason or 'it has no floor there'}"
    return Fresh(place[0], chosen, fresh, len(rows), halves=False), ""


def _other_rows(available: int, used: np.ndarray) -> np.ndarray:
    """As many rows as were used, or as many as there are, that are none of them; sorted."""
    others = np.setdiff1d(chosen_rows(available, 2 * len(used) + 1, SEED + 1), used)
    return np.sort(rng(SEED, 0, "fresh rows").permutation(others)[: len(used)])


def on_the_other_half(
    criterion: Criterion, combinations: Sequence[Sequence[str]], load: Load
) -> tuple[Fresh | None, str]:
    """Choose again on one half of the rows and score what is chosen on the other, for data without further rows."""
    first: dict[Place, float] = {}
    for runs in combinations:
        scores = criterion.scores(*_half(runs, load, 0), criterion.floor)
        first |= {place: value for place, scored in scores.items() if (value := criterion.read(scored)) is not None}
    if not first:
        return None, f"half of the rows are too few for {criterion.name}"
    place = max(first, key=lambda place: criterion.sign * first[place])
    runs = next(runs for runs in combinations if place[0] in runs)
    reps, rows = _half(runs, load, 1)
    fresh = criterion.read(criterion.scores(reps, rows, criterion.floor)[place])
    if fresh is None:
        return None, f"half of the rows are too few for {criterion.name}"
    return Fresh(place[0], first[place], fresh, len(rows), halves=True), ""


def _half(runs: Sequence[str], load: Load, half: int) -> tuple[dict[str, Representation], np.ndarray]:
    """The codes of some runs, and the rows of one half of them."""
    reps = {run: rep for run in runs if (rep := load(run)) is not None}
    count = min(len(rep) for rep in reps.values())
    return reps, np.sort(np.array_split(rng(SEED, 0, "halves of rows").permutation(count), 2)[half])
