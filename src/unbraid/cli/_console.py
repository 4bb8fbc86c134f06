"""What goes to the terminal: plain text; tables of it are in `_text_table`."""

from __future__ import annotations

import sys

from rich.console import Console

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
