"""The consoles, and the live bar of a training run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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


def _figures(row: Any) -> str:
    """Images/s and losses of a row of the log."""
    words = [f"{row['images_per_second']:,.0f} images/s"]
    names = {"reconstruction": "rec", "kl": "KL"}
    words += [f"{short} {row[name]:.1f}" for name, short in names.items() if name in row]
    if len(words) == 1 and "loss/model" in row:
        words.append(f"loss {row['loss/model']:.2f}")
    return "  ".join(words) + (" nats" if len(words) > 1 else "")
