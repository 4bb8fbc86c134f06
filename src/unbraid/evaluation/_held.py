"""A run held for evaluation: one process at a time, of weights that stay, and nothing better replaced unasked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd

from unbraid.core import UsageError, require
from unbraid.evaluation._stored import has_codes, read_scores
from unbraid.store import METRICS, REPRESENTATION, RunDirectory, sole_writer
from unbraid.training import Run

WAIT_SECONDS = 3600.0  # for another process that evaluates the same run


@contextmanager
def held(run: Run) -> Iterator[None]:
    """Hold the folder of a run; another process that evaluates it is waited for, one that trains it is not."""
    training = not run.finished and run.folder.read_status().get("state") == "running"
    with sole_writer(run.path, 0.0 if training else WAIT_SECONDS):
        yield


def unfinished(run: Run) -> str:
    """What must be said of a run whose training has not ended; empty for others."""
    if run.finished:
        return ""
    return f"of an unfinished run, at step {run.folder.read_status().get('step', 0):,} of {run.config.steps:,}"


def joined(*notes: str | None) -> str:
    """Notes as one."""
    return "; ".join(note for note in notes if note)


def require_no_more_rows(run: Run, metrics: Sequence[str], rows: int) -> None:
    """Refuse to let scores on fewer rows take the place of what is there.

    Raises:
        UsageError: these metrics, or the codes, are there on more rows.
    """
    there = max(_rows_of_codes(run.folder), _rows_of_scores(run.folder, metrics))
    require(
        rows >= there,
        f"what is in {run.path} on {there:,} rows is not replaced by scores on fewer",
        f"rows={rows}",
        f"give rows={there}, or say that it is to be replaced: evaluate(…, replace=True), evaluate --replace",
    )


def _rows_of_codes(folder: RunDirectory) -> int:
    try:
        return int(folder.read_note(REPRESENTATION).get("encoded", 0)) if has_codes(folder) else 0
    except (UsageError, TypeError, ValueError):
        return 0  # damaged: they are made again


def _rows_of_scores(folder: RunDirectory, metrics: Sequence[str]) -> int:
    try:
        table = read_scores(folder) if folder.has(METRICS) else pd.DataFrame()
    except UsageError:
        return 0
    rows = table["rows"][table["metric"].isin(metrics)] if "rows" in table else pd.Series(dtype=float)
    return int(pd.to_numeric(rows).max()) if len(rows) else 0
