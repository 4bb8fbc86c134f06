"""A matrix of latents and factors as a heat map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from unbraid.core import require
from unbraid.figures._style import (
    INK,
    PALETTE,
    QUIET,
    canvas,
    heat_colormap,
    number_size,
    remove_lines,
    shortened,
    styled,
)

__all__ = ["matrix"]


@styled
def matrix(
    table: np.ndarray,
    factors: Sequence[str],
    latents: Sequence[str] | None = None,
    *,
    title: str = "",
    largest: float | None = None,
    limit: int = 24,
    ring: bool = True,
) -> Figure:
    """Latents × factors as a heat map with its numbers, the best latent of each factor ringed.

    Args:
        table: mutual information, importance, R² or scores [D, K]; NaN is drawn as "—".
        factors: names of the K columns.
        latents: names of the D rows, z0, z1, … when None.
        title: what the numbers are, with their unit.
        largest: the number drawn in full colour, the largest of the table when None.
        limit: rows shown at most, those with the largest numbers, in their own order.
        ring: mark the largest number of each column.

    Example:
        >>> import numpy as np
        >>> figure = matrix(np.array([[0.1, 0.9], [0.8, 0.2]]), ["posX", "scale"], title="mutual information, nats")
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['0.10', '0.90', '0.80', '0.20']
    """
    table = np.asarray(table, dtype=float)
    require(
        table.ndim == 2 and table.size and table.shape[1] == len(factors),
        f"matrix: table must be [D, {len(factors)}], one column per factor",
        f"shape {table.shape}",
    )
    names = list(latents) if latents is not None else [f"z{d}" for d in range(len(table))]
    require(len(names) == len(table), f"matrix: latents must name {len(table)} rows", f"{len(names)} names")
    kept = np.sort(_order(table)[:limit])
    shown = table[kept]
    figure, axes = canvas(width=max(2.2, 0.9 + 0.62 * len(factors)), height=0.95 + 0.3 * len(kept))
    ax = axes[0, 0]
    top = largest if largest is not None else max(float(np.nanmax(shown, initial=0.0)), 1e-9)
    ax.imshow(np.ma.masked_invalid(shown), cmap=heat_colormap(), vmin=0, vmax=top, aspect="auto")
    _numbers(ax, shown, top, number_size(figure.get_figwidth() - 0.9, len(factors)))
    if ring:
        _rings(ax, shown)
    ax.set_xticks(range(len(factors)), shortened(factors, 16), rotation=35, ha="left", rotation_mode="anchor")
    ax.set_yticks(range(len(kept)), [names[d] for d in kept])
    ax.xaxis.tick_top()
    hidden = len(table) - len(kept)
    ax.set_xlabel(title + (f"  ({hidden} more latents below)" if hidden else ""), color=QUIET, fontsize=8)
    remove_lines(ax)
    figure.numbers = [
        {"latent": names[d], "factor": factor, "value": float(table[d, k])}
        for d in kept
        for k, factor in enumerate(factors)
    ]
    return figure


def _order(table: np.ndarray) -> np.ndarray:
    """Rows by their largest number, downwards."""
    return np.argsort(-np.nan_to_num(table, nan=-np.inf).max(axis=1), kind="stable")


def _numbers(ax: Axes, table: np.ndarray, top: float, size: float) -> None:
    """The number in each cell, in white on dark cells; none in cells that are too narrow for them."""
    if not size:
        return
    for (row, column), number in np.ndenumerate(table):
        text = "—" if np.isnan(number) else f"{number:.2f}"
        faint = np.isnan(number) or number < 0.04 * top
        ink = "white" if number > 0.72 * top else QUIET if faint else INK
        ax.text(column, row, text, ha="center", va="center", fontsize=size, color=ink)


def _rings(ax: Axes, table: np.ndarray) -> None:
    """A frame around the largest number of each column."""
    for column in range(table.shape[1]):
        numbers = np.nan_to_num(table[:, column], nan=-np.inf)
        if np.isfinite(numbers).any() and numbers.max() > 0:
            corner = (column - 0.47, int(numbers.argmax()) - 0.47)
            ax.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=PALETTE[1], linewidth=1.4))
