"""One quiet style for every figure: transparent paper, two inks, colours that colour-blind readers tell apart.

A figure is a plain `matplotlib.figure.Figure`; pyplot and its global state are never touched. `_output.svg`
turns its ink into `currentColor`, so the same figure reads on light and on dark pages.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Literal, ParamSpec

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from unbraid.figures._column import column_width
from unbraid.figures._notebook import ShownFigure

__all__ = [
    "INK",
    "PALETTE",
    "PAPER",
    "QUIET",
    "RC",
    "axes_at",
    "canvas",
    "empty_figure",
    "group_colour",
    "heat_colormap",
    "number_size",
    "remove_lines",
    "shortened",
    "signed_colormap",
    "style_axes",
    "styled",
    "wrapped",
]

INK = "#23272e"  # text and axes; becomes currentColor in SVG
QUIET = "#8a9099"  # secondary text, grids and zero lines: 3:1 or more on white and on near-black
PAPER = "#ffffff"
PALETTE = (  # after Paul Tol's "bright" and Okabe-Ito: told apart by the colour-blind, on light and on dark paper
    "#4a7fc1",
    "#e0703c",
    "#2f9e77",
    "#c65d9e",
    "#c9a227",
    "#4fb3d0",
    "#8a6fc7",
    "#8a9099",
)
COLUMN = 4.8  # inches: a figure as wide as a phone or half a page
PAGE = 9.6  # inches: a figure as wide as the page
RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.7,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.labelsize": 9.0,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "figure.titlesize": 10.5,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "image.interpolation": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "text.parse_math": False,  # names of factors and scores are anybody's: a dollar sign in them is one
}

P = ParamSpec("P")


def styled(figure: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorator: draw under the style's settings and leave matplotlib's own as they were."""

    @functools.wraps(figure)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.rc_context(RC):
            return figure(*args, **kwargs)

    return drawn


def canvas(
    rows: int = 1, columns: int = 1, *, width: float = COLUMN, height: float = 2.8, **options: Any
) -> tuple[ShownFigure, np.ndarray]:
    """A figure and its axes [rows, columns], styled, `options` as for `subplots`.

    `width` (where it is not drawn for a column of a paper, see `column`) and `height` in inches.
    """
    engine = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03)
    figure = ShownFigure(figsize=(column_width(width), height), layout=engine)
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    for ax in axes.flat:
        style_axes(ax)
    return figure, axes


def style_axes(ax: Axes, grid: Literal["", "x", "y"] = "") -> None:
    """Keep the left and the bottom spine only; `grid` "x" or "y" adds hair lines behind the data."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors=QUIET, labelcolor=INK, labelsize=8, length=2.5, width=0.6)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(True, axis=grid, color=QUIET, alpha=0.25, linewidth=0.5)


def group_colour(number: int) -> str:
    """Colour of the `number`-th group; they repeat after eight."""
    return PALETTE[number % len(PALETTE)]


def heat_colormap(hue: str = PALETTE[0]) -> Colormap:
    """A colormap from transparent (so any paper shows) to full `hue`."""
    red, green, blue = to_rgb(hue)
    ends = [(red, green, blue, 0.04), (red, green, blue, 0.55), (red * 0.72, green * 0.72, blue * 0.72, 1.0)]
    return LinearSegmentedColormap.from_list("heat", ends)


def signed_colormap(below: str = PALETTE[0], above: str = PALETTE[1]) -> Colormap:
    """A colormap from full `below` through transparent to full `above`, for signed numbers."""
    low, high = to_rgb(below), to_rgb(above)
    ends = [(*low, 1.0), (*low, 0.45), (*(np.add(low, high) / 2), 0.02), (*high, 0.45), (*high, 1.0)]
    return LinearSegmentedColormap.from_list("poles", ends)


def remove_lines(ax: Axes) -> None:
    """Leave labels, and take spines and ticks away."""
    ax.spines[:].set_visible(False)
    ax.tick_params(colors=QUIET, labelcolor=INK, labelsize=8, length=0)


def empty_figure(width: float, height: float) -> ShownFigure:
    """A figure of `width` by `height` inches without axes, see `axes_at`."""
    return ShownFigure(figsize=(width, height))


def axes_at(figure: Figure, left: float, top: float, width: float, height: float, **options: Any) -> Axes:
    """New axes `left` and `top` inches from the upper left corner, `width` by `height` inches large."""
    across, down = figure.get_size_inches()
    ax = figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down), **options)
    style_axes(ax)
    return ax


def wrapped(labels: Sequence[str], longest: int) -> list[str]:
    """Labels on two lines where they are longer than `longest` characters, and cut where that is not enough.

    >>> wrapped(["beta_vae beta 0.1, shapes3d"], 16)
    ['beta_vae beta\\n0.1, shapes3d']
    """
    lines = [textwrap.wrap(label, longest, break_long_words=True) or [label] for label in labels]
    rest = [[*parts[:1], *shortened([" ".join(parts[1:])] if len(parts) > 1 else [], longest)] for parts in lines]
    return ["\n".join(parts) for parts in rest]


def number_size(width: float, cells: int) -> float:
    """Points of numbers such as 0.25 in so many cells side by side on `width` inches; 0 where they would be too small.

    >>> number_size(3.0, 5), number_size(2.0, 30)
    (7.5, 0.0)
    """
    points = 72 * width / (2.6 * cells)  # four characters and a gap take 2.6 times their size
    return min(7.5, points) if points >= 5 else 0.0


def shortened(labels: Sequence[str], longest: int = 18) -> list[str]:
    """Labels cut to `longest` characters, with an ellipsis."""
    return [label if len(label) <= longest else label[: longest - 1] + "…" for label in labels]
