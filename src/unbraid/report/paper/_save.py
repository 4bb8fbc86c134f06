"""A figure as a file, with the numbers behind it beside it."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from unbraid.core import require, require_choice
from unbraid.core.checked import checked
from unbraid.core.values import Count
from unbraid.figures import SUFFIXES, SvgText, figure_file, numbers_csv
from unbraid.store import whole_file

__all__ = ["require_suffix", "save_figure"]


def require_suffix(path: Path | str) -> Path:
    """The path, where it ends in what a figure can be.

    Raises:
        UsageError: it does not.
    """
    path = Path(path)
    do = f"name it {path.stem or 'figure'}.pdf"
    require(path.suffix in SUFFIXES, f"a figure's file must end in {', '.join(SUFFIXES)}", f"'{path.name}'", do)
    return path


@checked
def save_figure(figure: Figure, path: Path | str, *, dpi: Count = 300, text: SvgText = "text") -> list[Path]:
    """Write a figure as PDF, SVG or PNG, and the numbers that it draws beside it as CSV.

    Letters of a PDF are embedded TrueType, none is Type 3; those of an SVG are text, in DejaVu Sans, unless `text` is
    paths. The same figure gives the same bytes.

    Args:
        figure: one of `unbraid.figures`, or any of matplotlib, which has no numbers to write.
        path: its end says what it is: .pdf, .svg or .png.
        dpi: pixels of an inch of a PNG.
        text: letters of an SVG: text, which can be searched and edited, or paths, which look the same everywhere.

    Returns:
        the files written.

    Raises:
        UsageError: another ending, or a folder that cannot be written to.
    """
    path = require_suffix(path)
    require_choice(text, SvgText, "text")
    with whole_file(path) as aside:
        aside.write_bytes(figure_file(figure, path.suffix, dpi=dpi, text=text))
    numbers = numbers_csv(figure)
    if not numbers:
        return [path]
    beside = path.with_suffix(".csv")
    with whole_file(beside) as aside:
        aside.write_text(numbers, encoding="utf-8")
    return [path, beside]
