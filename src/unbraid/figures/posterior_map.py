"""Posterior means over the positions of the shape."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width, panels_beside
from unbraid.figures._style import QUIET, axes_at, empty_figure, remove_lines, signed_colormap, styled

__all__ = ["posterior_map"]

CELL, GAP = 1.05, 0.14  # inches
NARROW, LARGEST = 0.82, 1.4  # inches of a map in a column of a paper


@styled
def posterior_map(
    means: np.ndarray, kl: np.ndarray | None = None, *, columns: int = 8, limit: int = 16, largest: float = 3.0
) -> Figure:
    """Posterior mean of each latent over the positions of the shape, blue below zero, orange above.

    A latent that stands for one coordinate shows parallel stripes; one that mixes coordinates shows blobs.

    Args:
        means: [D, Y, X], averaged over all other factors.
        kl: mean KL in nats [D]; the latents are sorted by it.
        columns: maps side by side.
        limit: maps shown at most.
        largest: mean drawn in full colour, in standard deviations of the prior.

    Source: Dubois et al. (2019), figure 2, right column.

    Example:
        >>> import numpy as np
        >>> means = np.zeros((2, 4, 4))  # two latents over a grid of 4 x 4 places
        >>> means[1] = np.arange(4) - 1.5  # z1 rises with x
        >>> [axes.get_title(loc="left") for axes in posterior_map(means, kl=np.array([0.1, 2.0])).axes]
        ['z1  2.00 nats', 'z0  0.10 nats']
    """
    means = np.asarray(means, dtype=float)
    require(means.ndim == 3 and means.size, "posterior_map: means must be [D, Y, X]", f"shape {means.shape}")
    order = np.arange(len(means)) if kl is None else np.argsort(-np.asarray(kl), kind="stable")
    order = order[:limit]
    columns = panels_beside(min(columns, len(order)), NARROW + GAP)
    rows = -(-len(order) // columns)
    width = column_width(columns * (CELL + GAP))
    cell = min(width / columns - GAP, LARGEST)
    figure = empty_figure(width, rows * (cell + 0.3) + 0.05)
    for position, d in enumerate(order):
        row, column = divmod(position, columns)
        ax = axes_at(figure, column * width / columns + GAP / 2, row * (cell + 0.3) + 0.25, cell, cell)
        ax.imshow(means[d], cmap=signed_colormap(), vmin=-largest, vmax=largest, aspect="auto", interpolation="none")
        remove_lines(ax)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=QUIET, linewidth=0.5)
        title = f"z{d}" + ("" if kl is None else f"  {np.asarray(kl)[d]:.2f} nats")
        ax.set_title(title, fontsize=8, pad=3)
        figure.numbers += [
            {"latent": f"z{d}", "kl": None if kl is None else float(kl[d]), "y": y, "x": x, "mean": float(mean)}
            for (y, x), mean in np.ndenumerate(means[d])
        ]
    return figure
