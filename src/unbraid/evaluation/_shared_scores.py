"""Scores of baselines that several runs have in common: measured once, beside their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from unbraid.core import Spec
from unbraid.metrics import FloorChoice
from unbraid.store import METRICS, RunDirectory, sole_writer

WAIT_SECONDS = 3600.0  # for another process that measures the same
FLOORS = "floors"  # column: which floors were asked for

Measure = Callable[[list[Spec]], pd.DataFrame]


def shared_scores(
    place: RunDirectory | None, specs: Mapping[str, Spec], ids: Mapping[str, str], floor: FloorChoice, measure: Measure
) -> pd.DataFrame:
    """A tidy table of scores with their ids, those that lie in `place` read and the others measured and put there.

    Args:
        place: the folder of the codes; None where they are one run's own, and everything is measured.
        specs: the metrics by name.
        ids: of their scores (see `unbraid.evaluation.score_id`), by name.
        floor: which scores get a floor; scores with other floors are other scores.
        measure: scores the codes by some metrics.
    """
    if place is None:
        return _with_ids(measure(list(specs.values())), ids)
    with sole_writer(place.path, wait=WAIT_SECONDS):
        kept = place.derived(METRICS, lambda: place.read_table(METRICS))
        if kept is None or not {"score_id", FLOORS} <= set(kept):
            kept = pd.DataFrame({"score_id": [], FLOORS: []}, dtype=str)
        there = kept[kept[FLOORS] == repr(floor)]
        lacking = [spec for name, spec in specs.items() if ids[name] not in set(there["score_id"])]
        if lacking:
            fresh = _with_ids(measure(lacking), ids).assign(**{FLOORS: repr(floor)})
            kept = pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh
            place.write_table(METRICS, kept)
    same = kept[(kept[FLOORS] == repr(floor)) & kept["score_id"].isin(ids.values())]
    return same.drop(columns=FLOORS).reset_index(drop=True)


def _with_ids(frame: pd.DataFrame, ids: Mapping[str, str]) -> pd.DataFrame:
    return frame.assign(score_id=frame["metric"].map(ids))
