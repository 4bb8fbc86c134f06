"""A figure for a paper as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unbraid.cli._console import say
from unbraid.cli._settings import assign
from unbraid.core import UsageError, require_choice
from unbraid.core.checks import sentence
from unbraid.figures import COLUMNS, SvgText
from unbraid.report import figure, save_figure
from unbraid.report.paper import require_suffix


def write_figure(
    name: str,
    given: Sequence[str],
    out: Path,
    width: str | None,
    assignments: list[str],
    text: Any,
    dpi: int,
    *,
    scale: Any,
    **places: Any,
) -> None:
    """Draw and write it; the ending is looked at before anything is read."""
    require_suffix(out)
    require_choice(text, SvgText, "--text")
    options = assign({}, assignments)
    drawn = figure(name, *given, width=_width(width), scale=scale, **places, **options)
    for path in save_figure(drawn, out, dpi=dpi, text=text):
        says = f" (letters as {text})" if path.suffix == ".svg" else ""
        say(f"written: {path}{says}")


def _width(text: str | None) -> Any:
    """The name of a column, or inches."""
    if text is None or text in COLUMNS:
        return text
    try:
        return float(text)
    except ValueError as error:
        rule = f"--width must be one of {', '.join(COLUMNS)}, or inches"
        raise UsageError(sentence(rule, f"'{text}'", "leave it out for the figure's own")) from error
