"""Scores of every layer and factor as heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import INK, QUIET, canvas, heat_colormap, number_size, remove_lines, shortened, styled

__all__ = ["score_by_layer"]


@styled
def score_by_layer(
    tables: Mapping[str, np.ndarray],
    factors: Sequence[str],
    rows: Mapping[str, Sequence[str]] | None = None,
    *,
    largest: float = 1.0,
    title: str = "",
) -> Figure:
    """Best score of each factor (columns) in each layer (rows), one block per experiment, on one colour scale.

    Args:
        tables: experiment -> scores [L, K]; NaN, where no latent stands for the factor, is drawn as "—".
        factors: names of the K factors.
        rows: experiment -> names of its rows; L1, L2, … when None.
        largest: score drawn in full colour.
        title: what the numbers are.

    Source: Tartu thesis, figures 27, 28, 37, 44 - 46.

    Example:
        >>> import numpy as np
        >>> tables = {"β = 1": np.array([[0.9, 0.1], [0.2, np.nan]])}
        >>> figure = score_by_layer(tables, ["wall", "floor"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['0.90', '0.10', '0.20', '—']
    """
    tables = {name: np.atleast_2d(np.asarray(table, float)) for name, table in tables.items()}
    for name, table in tables.items():
        require(
            table.ndim == 2 and table.shape[1] == len(factors),
            f"score_by_layer: '{name}' must be [layers, {len(factors)}], one column per factor",
            f"shape {table.shape}",
        )
    heights = [len(table) for table in tables.values()]
    require(heights, "score_by_layer: tables must hold at least one experiment")
    height = 1.0 + 0.27 * sum(heights) + 0.24 * len(heights)
    figure, axes = canvas(
        len(tables), width=1.2 + 0.56 * len(factors), height=height, gridspec_kw={"height_ratios": heights}
    )
    for ax, (name, table) in zip(axes[:, 0], tables.items(), strict=True):
        names = (rows or {}).get(name) or [f"L{layer + 1}" for layer in range(len(table))]
        _block(ax, table, list(names), largest, number_size(figure.get_figwidth() - 1.2, len(factors)))
        figure.numbers += [
            {"experiment": name, "layer": layer, "factor": factor, "score": float(score)}
            for layer, row in zip(names, table, strict=True)
            for factor, score in zip(factors, row, strict=True)
        ]
        ax.set_title(name, fontsize=8.5)
    axes[-1, 0].set_xticks(range(len(factors)), shortened(factors, 16), rotation=35, ha="right", rotation_mode="anchor")
    if title:
        axes[-1, 0].set_xlabel(title, color=QUIET, fontsize=8)
    return figure


def _block(ax: Axes, table: np.ndarray, names: list[str], largest: float, size: float) -> None:
    """One experiment, with its numbers where the cells are wide enough for them."""
    ax.imshow(np.ma.masked_invalid(table), cmap=heat_colormap(), vmin=0, vmax=largest, aspect="auto")
    for (row, column), number in np.ndenumerate(table):
        text = "—" if np.isnan(number) else f"{number:.2f}"
        ink = QUIET if np.isnan(number) else "white" if number > 0.7 * largest else INK
        ax.text(column, row, text, ha="center", va="center", fontsize=size or 1, color=ink, visible=size > 0)
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([])
    remove_lines(ax)
