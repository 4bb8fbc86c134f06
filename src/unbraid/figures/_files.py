"""Figures as files for papers, and the numbers behind them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib
from matplotlib.figure import Figure

from unbraid.figures._style import PAPER, RC

__all__ = ["SUFFIXES", "SvgText", "figure_file", "numbers_csv"]

SUFFIXES = (".pdf", ".svg", ".png")
SvgText = Literal["text", "paths"]
DPI = 300
FIXED: dict[str, dict[str, Any]] = {  # metadata: none that change, so that the same figure gives the same bytes
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    ".png": {"Software": None},
}


def figure_file(figure: Figure, suffix: str, *, dpi: int = DPI, text: SvgText = "text") -> bytes:
    """The figure as the content of a .pdf, .svg or .png; the same figure gives the same bytes.

    A PDF embeds its letters as TrueType (no Type 3), so that they can be selected and submission checks pass; its paper
    and that of an SVG are transparent, a PNG's is white.

    Args:
        figure: any matplotlib figure.
        suffix: .pdf, .svg or .png.
        dpi: pixels of an inch of a PNG.
        text: of an SVG: letters as text, which needs the font DejaVu Sans where it is shown, or as paths.
    """
    settings = {**RC, "pdf.fonttype": 42, "svg.hashsalt": "unbraid", "svg.fonttype": "none"}
    if text == "paths":
        settings["svg.fonttype"] = "path"
    options: dict[str, Any] = {"dpi": dpi, "facecolor": PAPER} if suffix == ".png" else {}
    buffer = io.BytesIO()
    with matplotlib.rc_context(settings), _resampled(figure, suffix == ".png"):
        figure.savefig(buffer, format=suffix[1:], metadata=FIXED[suffix], **options)
    return buffer.getvalue()


@contextmanager
def _resampled(figure: Figure, pixels: bool) -> Iterator[None]:
    """Where the file has pixels of its own, those of images are averaged into them, else every n-th would be lost."""
    images = [image for ax in figure.axes for image in ax.images] if pixels else []
    before = [image.get_interpolation() for image in images]
    for image in images:
        image.set_interpolation("auto")
    try:
        yield
    finally:
        for image, interpolation in zip(images, before, strict=True):
            image.set_interpolation(interpolation)


def numbers_csv(figure: Figure) -> str:
    """The numbers that a figure draws as CSV, empty cells where there is none; empty for figures that note none."""
    rows = getattr(figure, "numbers", ())
    columns = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if rows:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return buffer.getvalue()


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.9g}" if isinstance(value, float) else str(value)
