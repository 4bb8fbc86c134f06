"""Lines with bands around them, in panels: shared by several figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from unbraid.core import require
from unbraid.figures._column import column_width, panels_beside
from unbraid.figures._notebook import ShownFigure
from unbraid.figures._style import INK, canvas, group_colour, shortened, style_axes

__all__ = ["Band", "Panels", "add_legend", "band_panels", "band_rows", "draw_band"]

NARROW = 1.7  # inches of the narrowest panel in a column of a paper
LETTERS, MARKER = 12, 6  # letters of a legend in an inch, and the width of a marker and its gaps in letters


class Band(NamedTuple):
    """A line with its interval: places [P], the middle [P], and low and high [P] where they are known.

    At places whose runs have two peaks, `points` holds their values: for each of the P places those that are drawn in
    place of the interval, none where the interval speaks for the runs.
    """

    x: Sequence[float] | np.ndarray
    middle: Sequence[float] | np.ndarray
    low: Sequence[float] | np.ndarray | None = None
    high: Sequence[float] | np.ndarray | None = None
    points: Sequence[Sequence[float] | np.ndarray] | None = None


Panels = Mapping[str, Mapping[str, Band]]


def draw_band(ax: Axes, band: Band, hue: str, name: str = "", marker: str = "o") -> None:
    """One line; a missing middle (NaN) leaves a gap, a single place shows its interval as a bar.

    Where points stand for the interval, the line passes through their mean without a marker.
    """
    x, middle = np.asarray(band.x, float), np.asarray(band.middle, float)
    require(x.shape == middle.shape, f"band '{name}': one middle for each place", f"{middle.shape} for {x.shape}")
    single = [len(points) > 0 for points in band.points or [()] * len(x)]
    require(len(single) == len(x), f"band '{name}': points for each place", f"{len(single)} for {len(x)}")
    if band.low is not None and band.high is not None:
        low, high = (np.where(single, np.nan, np.asarray(end, float)) for end in (band.low, band.high))
        if len(x) == 1:
            ax.plot([x[0], x[0]], [low[0], high[0]], color=hue, linewidth=1.2)
        else:
            ax.fill_between(x, low, high, color=hue, alpha=0.18, linewidth=0)
    ax.plot(x, middle, color=hue, marker=marker, markersize=3.5, label=name, markevery=~np.array(single, dtype=bool))
    for place, points in zip(x, band.points or (), strict=False):
        if len(points):
            ax.plot(np.full(len(points), place), points, "o", color=hue, alpha=0.6, markersize=3, zorder=3)


def band_panels(
    panels: Panels, columns: int, *, cell: tuple[float, float] = (3.1, 2.1), **options: Any
) -> tuple[ShownFigure, list[Axes]]:
    """One panel per name with its bands; the same group has the same colour everywhere, and one legend serves all."""
    require(panels and all(panels.values()), "panels must hold at least one named band each", list(panels))
    columns = panels_beside(min(columns, len(panels)), NARROW)
    rows = -(-len(panels) // columns)
    groups = list(dict.fromkeys(group for bands in panels.values() for group in bands))
    width = column_width(columns * cell[0])
    top = 0.1 + 0.2 * -(-len(groups) // legend_columns(groups, width)) if len(groups) > 1 else 0.0
    figure, axes = canvas(rows, columns, width=width, height=rows * cell[1] + top + 0.2, **options)
    for ax, (title, bands) in zip(axes.flat, panels.items(), strict=False):
        for group, band in bands.items():
            draw_band(ax, band, group_colour(groups.index(group)), group)
            figure.numbers += band_rows(band, panel=title, line=group)
        ax.set_title(title)
        style_axes(ax, grid="y")
    for ax in list(axes.flat)[len(panels) :]:
        ax.set_visible(False)
    add_legend(figure, groups)
    return figure, list(axes.flat)[: len(panels)]


def band_rows(band: Band, **of: str) -> list[dict[str, Any]]:
    """What is drawn of a band: a row for each place, with its interval, and for each single run that is a point."""
    rows = []
    for number, x in enumerate(band.x):
        points = () if band.points is None else band.points[number]
        ends = {} if len(points) else {"low": _at(band.low, number), "high": _at(band.high, number)}
        rows.append({**of, "x": float(x), "drawn": "mean", "value": float(band.middle[number]), **ends})
        rows += [{**of, "x": float(x), "drawn": "run", "value": float(value)} for value in points]
    return rows


def _at(ends: Sequence[float] | np.ndarray | None, number: int) -> float | None:
    return None if ends is None else float(ends[number])


def add_legend(figure: Figure, groups: Iterable[str]) -> None:
    """One legend above all panels; none for a single group."""
    groups = list(groups)
    names = shortened(groups, max(8, int(figure.get_figwidth() * LETTERS) - MARKER))
    if len(groups) > 1:
        lines = [
            Line2D([], [], color=group_colour(number), marker="o", markersize=3.5) for number in range(len(groups))
        ]
        columns = legend_columns(groups, figure.get_figwidth())
        figure.legend(lines, names, loc="outside upper left", ncols=columns, labelcolor=INK, handlelength=1.4)


def legend_columns(groups: Sequence[str], width: float) -> int:
    """How many of the groups' names stand side by side in `width` inches; six at most."""
    return max(1, min(6, int(width * LETTERS / (max(map(len, groups)) + MARKER))))
