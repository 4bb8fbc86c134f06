"""Where in the image each latent points."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import QUIET, bare, place, poles, sheet, styled

__all__ = ["posterior_map"]

CELL, GAP = 1.05, 0.14  # inches


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
    """
    means = np.asarray(means, dtype=float)
    require(means.ndim == 3 and means.size, "posterior_map: means must be [D, Y, X]", f"shape {means.shape}")
    order = np.arange(len(means)) if kl is None else np.argsort(-np.asarray(kl), kind="stable")
    order = order[:limit]
    columns = min(columns, len(order))
    rows = -(-len(order) // columns)
    figure = sheet(columns * (CELL + GAP), rows * (CELL + 0.3) + 0.05)
    for position, d in enumerate(order):
        row, column = divmod(position, columns)
        ax = place(figure, column * (CELL + GAP) + GAP / 2, row * (CELL + 0.3) + 0.25, CELL, CELL)
        ax.imshow(means[d], cmap=poles(), vmin=-largest, vmax=largest, aspect="auto", interpolation="none")
        bare(ax)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=QUIET, linewidth=0.5)
        words = f"z{d}" + ("" if kl is None else f"  {np.asarray(kl)[d]:.2f} nats")
        ax.set_title(words, fontsize=8, pad=3)
    return figure


def means_over(code: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Mean code of the rows at each place: code [N, D] with levels `down` and `across` [N] -> [D, Y, X].

    A place without rows is NaN.
    """
    code = np.asarray(code, dtype=float)
    down, across = np.asarray(down, dtype=np.int64), np.asarray(across, dtype=np.int64)
    height, width = int(down.max()) + 1, int(across.max()) + 1
    place = down * width + across
    rows = np.bincount(place, minlength=height * width)
    sums = np.stack([np.bincount(place, weights=column, minlength=height * width) for column in code.T])
    with np.errstate(invalid="ignore"):
        return (sums / rows).reshape(-1, height, width)
