"""What goes to the terminal: plain text, tables of it, and the live bar of a training run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from unbraid.objectives import Objective
    from unbraid.training import Callback, LogRow, Training

console = Console()
errors = Console(stderr=True)
LOSSES = {"reconstruction": "rec", "kl": "KL"}  # term of the log -> how the bar calls it


@contextmanager
def training_bar(label: str, steps: int, done: int = 0) -> Iterator[Callback]:
    """A live bar with images/s, losses and time left; gives the callback that moves it.

    Above it stands, for each phase as it begins, a line with the objective's weights in both conventions.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=steps, completed=done, figures="")

        entered: Objective | None = None

        def update(training: Training, row: LogRow | None) -> None:
            nonlocal entered
            if training.objective is not entered:
                entered = training.objective
                say(entered.conventions(training.model))
            progress.update(task, completed=training.step)
            if row is not None:
                progress.update(task, figures=_figures(row))

        yield update


def say(text: str) -> None:
    """Print text as it is: no markup, no colours, no wrapping; an empty text is left out."""
    if text:
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def text_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = (), title: str | None = None
) -> Table:
    """A table of plain text, brackets included; the columns named in `right` are aligned to the right."""
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading in headings:
        table.add_column(Text(heading), justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _figures(row: LogRow) -> str:
    """Images/s and losses of a row of the log."""
    speed = f"{row['images_per_second']:,.0f} images/s"
    losses = [f"{short} {row[name]:.1f}" for name, short in LOSSES.items() if name in row]
    if not losses and "loss/model" in row:
        losses = [f"loss {row['loss/model']:.2f}"]
    return "  ".join([speed, *losses]) + (" nats" if losses else "")
