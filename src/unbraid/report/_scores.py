"""The score table of a report: value, interval, range, and what each score measures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from unbraid.core import UsageError, names
from unbraid.metrics import Properties, properties
from unbraid.metrics._floors import ROUNDING
from unbraid.report._text import chance, entry_description, entry_title, number

__all__ = ["Cell", "ScoreRow", "at_floor", "score_rows"]


@dataclass(frozen=True)
class Cell:
    """One score of one layer.

    Args:
        value: as text, "—" when missing.
        interval: "low – high", empty when there is none.
        share: where the value stands in its range, 0 .. 1; None without a finite range.
        reason: why it is missing.
        chance: its floor and what it scores above chance, as text; empty where no floor was measured.
        notes: what a reader should know.
        floor_share: where its floor stands in that range; None without a floor or a finite range.
        at_floor: whether the value lies within two standard deviations of its permuted values.
        parts: (name, value as text) of what it is made of.
    """

    value: str
    interval: str
    share: float | None
    reason: str
    parts: tuple[tuple[str, str], ...]
    chance: str = ""
    notes: str = ""
    at_floor: bool = False
    floor_share: float | None = None


@dataclass(frozen=True)
class ScoreRow:
    """One score with one cell per layer shown.

    Args:
        name: the entry's name, with options where given.
        title: of the metric, from its docstring.
        question: what it measures, from the same line.
        range: its possible values, and which end is better.
        variant: what exactly was computed.
        rows: rows it was computed on.
        cells: one per layer.
        blind_to: what it does not see, as its metric declares.
    """

    name: str
    title: str
    question: str
    range: str
    variant: str
    rows: str
    cells: tuple[Cell, ...]
    blind_to: str = ""

    @property
    def there(self) -> bool:
        """Whether any layer has this score."""
        return any(not cell.reason for cell in self.cells)


def score_rows(metrics: pd.DataFrame, layers: Sequence[int]) -> list[ScoreRow]:
    """Rows of the score table, in the order of the metrics table; `layers` are its columns."""
    metrics = metrics.assign(layer=pd.to_numeric(metrics["layer"]).fillna(0).astype(int))
    return [
        _row(str(name), [frame[frame["layer"] == layer] for layer in layers])
        for name, frame in metrics.groupby("metric", sort=False)
    ]


def at_floor(rows: Sequence[ScoreRow]) -> str:
    """A warning that names the scores that codes without knowledge reach too; empty where there are none."""
    named = [row.title for row in rows if any(cell.at_floor for cell in row.cells)]
    if not named:
        return ""
    return f"Within two standard deviations of what permuted rows score, so no more than chance: {', '.join(named)}."


def _row(name: str, frames: Sequence[pd.DataFrame]) -> ScoreRow:
    entry = name.partition("(")[0]
    declared = _declared(entry)
    cells = tuple(_cell(frame, declared) for frame in frames)
    first = pd.concat(frames).iloc[0]
    return ScoreRow(
        name=name,
        title=entry_title("metrics", entry),
        question=entry_description("metrics", entry),
        range=_range(declared),
        variant=_text(first["variant"]),
        rows=number(first["rows"]) if pd.notna(first["rows"]) else "",
        cells=cells,
        blind_to="" if declared is None else declared.blind_to,
    )


def _cell(frame: pd.DataFrame, declared: Properties | None) -> Cell:
    """The score itself and its parts; missing where this layer has no such score."""
    whole = frame[frame["part"] == ""]
    if not len(whole):
        return Cell("—", "", None, "not computed for this layer", ())
    row = whole.iloc[0]
    value = None if pd.isna(row["value"]) else float(row["value"])
    interval = "" if pd.isna(row["low"]) else f"{number(row['low'])} – {number(row['high'])}"
    parts = frame[frame["part"] != ""]
    return Cell(
        chance=chance(row),
        notes=_text(row["note"]),
        at_floor=_at_floor(row),
        floor_share=None if pd.isna(row["floor"]) else _share(float(row["floor"]), declared),
        value=number(value),
        interval=interval,
        share=_share(value, declared),
        reason=_text(row["reason"]) if value is None else "",
        parts=tuple((str(name), number(part)) for name, part in zip(parts["part"], parts["value"], strict=True)),
    )


def _at_floor(row: pd.Series) -> bool:
    """Whether the value is no further from its floor than two standard deviations of the permuted values."""
    if pd.isna(row["floor"]) or pd.isna(row["value"]):
        return False
    deviation = float(row["floor_error"]) * math.sqrt(float(row["permutations"]))
    return abs(float(row["value"]) - float(row["floor"])) <= 2 * deviation + ROUNDING


def _declared(name: str) -> Properties | None:
    """The declared properties of a metric, None when it is not one of ours."""
    if name not in names("metrics"):
        return None
    try:
        return properties(name)
    except UsageError:
        return None


def _range(declared: Properties | None) -> str:
    if declared is None:
        return ""
    low, high = declared.range
    better = {True: "higher is better", False: "lower is better", None: "describes, does not rank"}
    ends = f"{number(low)} … {number(high)}" if math.isfinite(low) or math.isfinite(high) else "any number"
    return f"{ends}, {better[declared.higher_is_better]}"


def _share(value: float | None, declared: Properties | None) -> float | None:
    """Place within a finite range."""
    if value is None or declared is None or not all(map(math.isfinite, declared.range)):
        return None
    low, high = declared.range
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _text(cell: object) -> str:
    return "" if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)) else str(cell)
