"""Progress bars on the terminal for work that takes longer than a moment; silent where there is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Literal, TypeVar

Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]  # what is being done, how many are done, how many in all (0: unknown)


@contextmanager
def progress_bar(what: str, unit: Literal["count", "bytes"] = "count") -> Iterator[Progress]:
    """A bar on standard error that vanishes at the end; gives the `Progress` that moves it.

    Args:
        what: the text before the bar, until `Progress` is called with another.
        unit: `count` shows done and total as numbers, `bytes` as sizes with the speed.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    amount = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else (MofNCompleteColumn(),)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *amount,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total or None)


def tracked(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a bar that counts them."""
    if total is None:
        total = len(items) if isinstance(items, Sized) else 0
    with progress_bar(what) as show:
        for done, item in enumerate(items):
            show(what, done, total)
            yield item
