"""Tables on the terminal."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.table import Table


def printed_scores(frame: pd.DataFrame) -> Table:
    """Scores, one row a metric (parts are left to the report); a missing one with its reason."""
    layered = "layer" in frame and frame["layer"].nunique() > 1
    table = _table((["layer"] if layered else []) + ["metric", "score", ""], right=("score",))
    for row in frame[frame["part"] == ""].to_dict("records"):
        note = str(row["reason"]) if missing(row["value"]) else _interval(row)
        table.add_row(*([str(row["layer"])] if layered else []), str(row["metric"]), _number(row["value"]), note)
    return table


def printed_differences(frame: pd.DataFrame, first: str, second: str) -> Table:
    """Two codes, one row a metric: both scores, how far they differ, and whether that is noise."""
    table = _table(["metric", first, second, "difference", ""], right=(first, second, "difference"))
    for row in frame.to_dict("records"):
        known = row["verdict"] != "unknown"
        difference = f"{row['low']:+.3f} … {row['high']:+.3f}" if known else "—"
        verdict = row["verdict"] if known else row["reason"]
        if row["verdict"] == "differ":
            verdict = "higher" if row["low"] > 0 else "lower"
        table.add_row(str(row["metric"]), _number(row["first"]), _number(row["second"]), difference, str(verdict))
    return table


def printed_frame(frame: pd.DataFrame) -> Table:
    """Any table of words and numbers; missing cells are dashes."""
    table = _table([str(name) for name in frame.columns])
    for row in frame.itertuples(index=False):
        table.add_row(*["—" if missing(value) else cell(value) for value in row])
    return table


def cell(value: Any) -> str:
    """Three decimals for floats, nothing for a missing value."""
    if missing(value):
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def missing(value: Any) -> bool:
    """Whether a cell is empty; one that holds a list is not."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _table(headings: list[str], right: tuple[str, ...] = ()) -> Table:
    """An empty table; the columns named in `right` are aligned to the right."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def _number(value: Any) -> str:
    return "—" if missing(value) else f"{value:.3f}"


def _interval(row: dict[Any, Any]) -> str:
    """The interval of a score, empty without one."""
    return "" if missing(row.get("low")) else f"{row['low']:.3f} … {row['high']:.3f}"
