"""Kept scores of an entry that has another method today: found under what asks for them now, their values as kept."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from unbraid.core import Spec
from unbraid.evaluation import score_id

FORMER = {"dci_fast": {"leaf": 10, "trees": 5}}  # a forest until 0.2; the column `variant` says so beside its scores


def as_asked_today(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """A table of kept scores with the ids that are asked for today; without a column of ids, as it is."""
    if table is None or "score_id" not in table:
        return table
    today = {one: _today(one) for one in table["score_id"].dropna().unique()}
    return table.assign(score_id=[today.get(one, one) for one in table["score_id"]])


def _today(one: str) -> str:
    """The id of what asks for a score by a former method with its defaults; any other as it is."""
    asked: dict[str, Any] = json.loads(one)
    former = FORMER.get(asked["name"])
    if former is None or any(asked.get(option) != value for option, value in former.items()):
        return one
    rows, seed = asked.pop("rows"), asked.pop("seed")
    return score_id(Spec.of({name: value for name, value in asked.items() if name not in former}), rows, seed)
