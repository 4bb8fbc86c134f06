"""What goes to the terminal: plain text, and tables of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

console = Console()
errors = Console(stderr=True)


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
