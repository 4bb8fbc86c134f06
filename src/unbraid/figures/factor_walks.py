"""Images as each factor takes its levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width
from unbraid.figures._images import as_bytes, brightness, show_images
from unbraid.figures._style import INK, QUIET, axes_at, empty_figure, shortened, styled

__all__ = ["factor_walks"]

CELL, LABELS, HEAD = 0.72, 1.25, 0.02  # inches: one image, names of the factors, space on top
SMALLEST = 4.5  # points of a level below its image


@styled
def factor_walks(walks: Mapping[str, np.ndarray], values: Mapping[str, Sequence[str]] | None = None) -> Figure:
    """One row of images per factor as it takes its levels, the other factors fixed.

    Args:
        walks: factor -> images [S, C, H, W], uint8 or floats in [0, 1]; rows may differ in length.
        values: factor -> the level shown in each image, written below it [S].

    Example:
        >>> import numpy as np
        >>> walks = {"posX": np.zeros((6, 1, 16, 16), np.uint8), "shape": np.zeros((3, 1, 16, 16), np.uint8)}
        >>> figure = factor_walks(walks, {"shape": ["square", "ellipse", "heart"]})
        >>> [axes.get_yticklabels()[0].get_text() for axes in figure.axes]
        ['posX', 'shape']
    """
    walks = {name: as_bytes(images) for name, images in walks.items()}
    require(
        walks and all(images.ndim == 4 and len(images) for images in walks.values()),
        "factor_walks: each factor needs images [S, C, H, W]",
        {name: images.shape for name, images in walks.items()},
    )
    longest = max(map(len, walks.values()))
    below = 0.2 if values else 0.06
    width = column_width(LABELS + CELL * longest)
    cell = (width - LABELS) / longest
    row = cell + below
    figure = empty_figure(width, HEAD + row * len(walks))
    for number, (name, label) in enumerate(zip(walks, shortened(list(walks)), strict=True)):
        images = walks[name]
        ax = axes_at(figure, LABELS, HEAD + row * number, cell * len(images), cell)
        show_images(ax, images[None], [label])
        ax.tick_params(labelcolor=INK)
        said = [str(text) for text in (values or {}).get(name, ())]
        size = min(7.0, 72 * cell / (0.7 * max((len(text) for text in said), default=1)))
        for place_at, text in enumerate(said if size >= SMALLEST else ()):
            ax.text(place_at + 0.48, 1.03, text, fontsize=size, color=QUIET, ha="center", va="top")
        figure.numbers += [
            {"factor": name, "place": at, "level": said[at] if at < len(said) else "", "brightness": brightness(image)}
            for at, image in enumerate(images)
        ]
    return figure
