"""What a person sees: one console, live bars, tables of scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

console = Console()
errors = Console(stderr=True)


@contextmanager
def training_bar(label: str, steps: int, done: int = 0) -> Iterator[Callable[[int, Any], None]]:
    """A live bar with images/s, losses and time left; gives the `watch` that `fit` calls."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=steps, completed=done, figures="")

        def watch(step: int, row: Any) -> None:
            progress.update(task, completed=step)
            if row is not None:
                progress.update(task, figures=_figures(row))

        yield watch


def score_table(frame: pd.DataFrame) -> Table:
    """Scores, one row a metric (parts are left to the report); missing ones show their reason."""
    table = Table(box=None, pad_edge=False)
    layered = frame["layer"].nunique() > 1 if "layer" in frame else False
    for heading in (["layer"] if layered else []) + ["metric", "score", ""]:
        table.add_column(heading, justify="right" if heading == "score" else "left", overflow="fold")
    for row in frame[frame["part"] == ""].itertuples():
        missing = row.value is None or row.value != row.value
        value = "—" if missing else f"{row.value:.3f}"
        interval = (
            "" if getattr(row, "low", None) in (None, "") or row.low != row.low else f"{row.low:.3f} … {row.high:.3f}"
        )
        cells = [str(row.metric), value, str(row.reason) if missing else interval]
        table.add_row(*([str(row.layer)] if layered else []), *cells)
    return table


def difference_table(frame: pd.DataFrame, first: str, second: str) -> Table:
    """Two codes, one row a metric: both scores, how far they differ, and whether that is noise."""
    table = Table(box=None, pad_edge=False)
    for heading in ("metric", first, second, "difference", ""):
        table.add_column(heading, justify="left" if heading in ("metric", "") else "right", overflow="fold")
    for row in frame.itertuples():
        values = ["—" if v is None or v != v else f"{v:.3f}" for v in (row.first, row.second)]
        known = row.verdict != "unknown"
        verdict = (
            {"differ": "higher" if row.low > 0 else "lower"}.get(row.verdict, row.verdict) if known else row.reason
        )
        table.add_row(str(row.metric), *values, f"{row.low:+.3f} … {row.high:+.3f}" if known else "—", verdict)
    return table


def frame_table(frame: pd.DataFrame) -> Table:
    """Any table of words and numbers; missing cells are dashes."""
    table = Table(box=None, pad_edge=False)
    for column in frame.columns:
        table.add_column(str(column), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*["—" if v is None or v != v else f"{v:.3f}" if isinstance(v, float) else str(v) for v in row])
    return table


def _figures(row: Any) -> str:
    """Images/s and losses of a row of the log."""
    words = [f"{row['images_per_second']:,.0f} images/s"]
    names = {"reconstruction": "rec", "kl": "KL"}
    words += [f"{short} {row[name]:.1f}" for name, short in names.items() if name in row]
    if len(words) == 1 and "loss/model" in row:
        words.append(f"loss {row['loss/model']:.2f}")
    return "  ".join(words) + (" nats" if len(words) > 1 else "")
