"""What goes to the terminal: plain text, and tables of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from unbraid.core.printable import printable

console = Console()
errors = Console(stderr=True)


def say(text: str) -> None:
    """Print text as it is: no markup, no colours, no wrapping, no control characters; an empty text is left out."""
    if text:
        _print(console, text)


def complain(text: str) -> None:
    """Print what went wrong, on standard error."""
    _print(errors, f"unbraid: {text}")


def _print(to: Console, text: str) -> None:
    to.print(printable(text), markup=False, highlight=False, emoji=False, soft_wrap=True)


def write_anything() -> None:
    """Let a terminal or pipe that knows few signs show a question mark for the others, and not end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # what tests put in their place has none
        if reconfigure is not None:
            reconfigure(errors="replace")


def text_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = (), title: str | None = None
) -> Table:
    """A table of plain text, brackets included; the columns named in `right` are aligned to the right."""
    heading_of_all = None if title is None else Text(printable(title))
    table = Table(box=None, pad_edge=False, title=heading_of_all, title_justify="left")
    for heading in headings:
        justify = "right" if heading in right else "left"
        table.add_column(Text(printable(heading)), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    return table
