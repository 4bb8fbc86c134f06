"""The table of methods as text: mean ± half of the interval, rounded, with what the marks in it stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from unbraid.studies._locations import FEW
from unbraid.studies._methods import lower_is_better

PEAKS, FEWER, EQUAL = "†", "‡", "="
NOTES = {
    PEAKS: f"{PEAKS} the runs fall into two groups: lowest and highest",
    FEWER: f"{FEWER} not all runs have this score",
    EQUAL: f"{EQUAL} all runs equal",
}


@dataclass(frozen=True)
class MethodsText:
    """A table of methods as text.

    Args:
        head: method, runs, and the scores.
        rows: cells of each row.
        kinds: run, baseline or chance, of each row.
        best: for each row, which of its cells are of the best score or not shown to be worse.
        notes: sentences that say what the marks are.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    best: tuple[tuple[bool, ...], ...]
    notes: tuple[str, ...]


def methods_text(table: pd.DataFrame) -> MethodsText:
    """The cells of what `methods_table` returns, and notes on them."""
    scores = [str(name).removesuffix(" best") for name in table.columns if str(name).endswith(" best")]
    lines = table.to_dict("records")
    rows = [(line["method"], _count(line["runs"]), *(_cell(line, name) for name in scores)) for line in lines]
    best = [(False, False, *(line[f"{name} best"] is True for name in scores)) for line in lines]
    return MethodsText(
        head=("method", "runs", *scores),
        rows=tuple(rows),
        kinds=tuple(line["kind"] for line in lines),
        best=tuple(best),
        notes=tuple(_notes(table, scores, rows, best)),
    )


def _notes(table: pd.DataFrame, scores: Sequence[str], rows: list[Any], best: list[Any]) -> list[str]:
    """What the numbers, the bold type and the marks are."""
    counts = table.loc[table["kind"] == "run", "runs"]
    few = "; of fewer than six runs it is wide" if len(counts) and counts.min() < FEW else ""
    notes = [f"mean ± half of Student's 95 % interval over runs{few}"] if any("±" in c for r in rows for c in r) else []
    if any(cell for row in best for cell in row):
        notes.append(
            "bold: the best, and what is not shown to be worse (one-sided Welch tests, 5 % over their number; "
            "single runs are not tested)"
        )
    unmarked = [name for name in scores if not table[f"{name} best"].any() and lower_is_better(name) is not None]
    if unmarked:
        notes.append(
            f"no best of {', '.join(unmarked)}: data, latents, rows or weights differ between methods, and not all "
            "runs have it above chance"
        )
    cells = [cell for row in rows for cell in row[2:]]
    return notes + [note for mark, note in NOTES.items() if any(mark in cell for cell in cells)]


def _count(runs: Any) -> str:
    return "" if pd.isna(runs) else str(int(runs))


def _cell(line: dict[Any, Any], name: str) -> str:
    """A score with its interval, marked where that is not the whole truth."""
    if pd.isna(line[name]):
        return "—"
    fewer = FEWER if line["kind"] != "chance" and line[f"{name} runs"] < line["runs"] else ""
    if line[f"{name} two_peaked"] is True:
        return f"{_number(line[f'{name} least'])}…{_number(line[f'{name} most'])}{fewer}{PEAKS}"
    if line[f"{name} interval"] == "all runs equal":
        return f"{line[name]:.4g}{fewer}{EQUAL}"
    digits = _digits(line[name])
    half = "" if pd.isna(line[f"{name} high"]) else f" ± {line[f'{name} high'] - line[name]:.{digits}f}"
    return f"{line[name]:.{digits}f}{half}{fewer}"


def _number(value: float) -> str:
    return f"{value:.{_digits(value)}f}"


def _digits(value: float) -> int:
    """Three decimals, fewer from 10 on."""
    return 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
