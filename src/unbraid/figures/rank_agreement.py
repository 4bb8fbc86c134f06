"""Whether metrics rank runs alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import INK, QUIET, canvas, number_size, remove_lines, shortened, signed_colormap, styled

__all__ = ["rank_agreement"]

LONGEST = 24  # letters of a name that leave room for the table


@styled
def rank_agreement(table: np.ndarray, metrics: Sequence[str], *, title: str = "Spearman rank correlation") -> Figure:
    """Rank correlation of each pair of metrics over runs: orange where they agree, blue where they contradict.

    Args:
        table: correlations in -1 .. 1 [M, M]; NaN is drawn as "—".
        metrics: their names [M].
        title: what the numbers are.

    Source: Abdi et al. (2019), section 5; Locatello et al. (2019), figure 2.

    Example:
        >>> import numpy as np
        >>> figure = rank_agreement(np.array([[1.0, 0.5], [0.5, 1.0]]), ["mig", "sap"])
        >>> [text.get_text() for text in figure.axes[0].texts]  # each pair once
        ['0.50']
    """
    table = np.asarray(table, dtype=float)
    count = len(metrics)
    require(table.shape == (count, count), f"rank_agreement: table must be [{count}, {count}]", f"shape {table.shape}")
    shown = np.where(np.tri(count, dtype=bool), table, np.nan)
    figure, axes = canvas(width=1.5 + 0.52 * count, height=1.2 + 0.38 * count)
    ax = axes[0, 0]
    ax.imshow(np.ma.masked_invalid(shown), cmap=signed_colormap(), vmin=-1, vmax=1, aspect="auto")
    size = number_size(figure.get_figwidth() - 1.5, count)
    for row, column in zip(*np.tril_indices(count, -1), strict=True):
        number = table[row, column]
        text = "—" if np.isnan(number) else f"{number:.2f}"
        ink = QUIET if np.isnan(number) else "white" if abs(number) > 0.8 else INK
        ax.text(column, row, text, ha="center", va="center", fontsize=size or 1, color=ink, visible=size > 0)
    names = shortened(metrics, LONGEST)
    ax.set_xticks(range(count), names, rotation=35, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(count), names)
    ax.set_title(title, fontsize=8.5)
    remove_lines(ax)
    figure.numbers = [
        {"metric": metric, "other": other, "correlation": float(table[row, column])}
        for row, metric in enumerate(metrics)
        for column, other in enumerate(metrics[:row])
    ]
    return figure
