"""The checks of a run: whether it is what its configuration says, before any score of it is believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from unbraid.report._text import number
from unbraid.store import CHECKS, RunDirectory
from unbraid.studies import CHECKS as ASKED
from unbraid.studies import DEFAULT

__all__ = ["CheckLine", "check_lines"]

LOSSES = {
    "heldout/loss": "loss in evaluation mode, penalties included",
    "heldout/reconstruction": "its reconstruction, summed over pixels",
    "heldout/kl": "its KL in nats, all latents",
}


@dataclass(frozen=True)
class CheckLine:
    """One check: what is asked, its bound, what it is (of each layer or head), whether it passes, and on which rows."""

    asked: str
    bound: str
    measured: str
    passed: bool | None
    note: str


def check_lines(run: RunDirectory) -> list[CheckLine]:
    """The manipulation checks and the losses of a run; none where they were not taken."""
    if not run.has(CHECKS):
        return []
    table = run.read_table(CHECKS)
    return [*_checks(table), *_losses(table)]


def _checks(table: pd.DataFrame) -> Iterator[CheckLine]:
    for name, asked in ASKED.items():
        rows = _whole(table, f"check/{name}")
        if not len(rows):
            continue
        bound = DEFAULT.get(name)
        known = [float(value) for value in rows["value"] if pd.notna(value)]
        passed = None if bound is None or not known else all(map(bound.holds, known))
        yield CheckLine(asked, str(bound or ""), _measured(rows), passed, _note(rows))


def _losses(table: pd.DataFrame) -> Iterator[CheckLine]:
    for name, said in LOSSES.items():
        rows = _whole(table, name)
        if len(rows):
            yield CheckLine(said, "", _measured(rows), None, _note(rows))


def _whole(table: pd.DataFrame, check: str) -> pd.DataFrame:
    return table[(table["check"] == check) & (table["part"].fillna("") == "")]


def _measured(rows: pd.DataFrame) -> str:
    """The values of all layers, with the reason where one is missing."""
    return " / ".join(
        number(value) if pd.notna(value) else str(reason)
        for value, reason in zip(rows["value"], rows["reason"], strict=True)
    )


def _note(rows: pd.DataFrame) -> str:
    return "; ".join(dict.fromkeys(str(note) for note in rows["note"] if pd.notna(note) and note))
