"""What each factor does to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import INK, QUIET, place, sheet, short, styled
from unbraid.figures._tiles import picture

__all__ = ["factor_walks"]

CELL, LABELS, HEAD = 0.72, 1.25, 0.02  # inches: one image, names of the factors, space on top


@styled
def factor_walks(walks: Mapping[str, np.ndarray], values: Mapping[str, Sequence[str]] | None = None) -> Figure:
    """One row of images per factor as it walks through its levels, the other factors standing still.

    Args:
        walks: factor -> images uint8 [S, C, H, W]; rows may differ in length.
        values: factor -> the level shown in each image, written below it [S].
    """
    walks = {name: np.asarray(images) for name, images in walks.items()}
    require(
        walks and all(images.ndim == 4 and len(images) for images in walks.values()),
        "factor_walks: each factor needs images [S, C, H, W]",
        {name: images.shape for name, images in walks.items()},
    )
    longest = max(map(len, walks.values()))
    below = 0.2 if values else 0.06
    row = CELL + below
    figure = sheet(LABELS + CELL * longest, HEAD + row * len(walks))
    for number, (name, label) in enumerate(zip(walks, short(list(walks)), strict=True)):
        images = walks[name]
        ax = place(figure, LABELS, HEAD + row * number, CELL * len(images), CELL)
        picture(ax, images[None], [label])
        ax.tick_params(labelcolor=INK)
        for place_at, text in enumerate((values or {}).get(name, ())):
            ax.text(place_at + 0.48, 1.03, text, fontsize=7, color=QUIET, ha="center", va="top")
    return figure
