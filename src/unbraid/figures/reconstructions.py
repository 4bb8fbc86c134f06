"""Original images over their reconstructions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width, panels_beside
from unbraid.figures._images import as_bytes, show_images, squared_error
from unbraid.figures._style import PAGE, axes_at, empty_figure, styled

__all__ = ["reconstructions"]

LABELS, NARROW = 1.0, 0.38  # inches for the row names, and of the smallest image in a column of a paper


@styled
def reconstructions(
    originals: np.ndarray, reconstructed: np.ndarray | Mapping[str, np.ndarray], *, columns: int = 12, limit: int = 24
) -> Figure:
    """Original images over their reconstructions, one row per head or model, in blocks of `columns`.

    Args:
        originals: [N, C, H, W], uint8 or floats in [0, 1].
        reconstructed: [N, C, H, W], uint8 or floats in [0, 1], or several of them by name.
        columns: images side by side.
        limit: images shown at most.

    Example:
        >>> import numpy as np
        >>> images = np.zeros((5, 1, 16, 16), np.uint8)
        >>> figure = reconstructions(images, images, columns=3)
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()], len(figure.axes)
        (['original', 'reconstruction'], 2)
    """
    originals = np.asarray(originals)
    rows = {
        "original": originals,
        **(reconstructed if isinstance(reconstructed, Mapping) else {"reconstruction": reconstructed}),
    }
    for name, images in rows.items():
        require(
            np.ndim(images) == 4 and np.shape(images) == originals.shape,
            f"reconstructions: '{name}' must be [N, C, H, W] like the originals {originals.shape}",
            f"shape {np.shape(images)}",
        )
    count = min(limit, len(originals))
    columns = panels_beside(columns, NARROW, LABELS)
    starts = range(0, count, columns)
    width = column_width(PAGE)
    cell = (width - LABELS) / min(columns, max(count, 5))
    figure = empty_figure(width, len(starts) * (len(rows) * cell + 0.12) - 0.12)
    for block, start in enumerate(starts):
        shown = np.stack([as_bytes(images)[start : min(start + columns, count)] for images in rows.values()])
        size = (shown.shape[1] * cell, len(rows) * cell)
        show_images(axes_at(figure, LABELS, block * (size[1] + 0.12), *size), shown, rows=list(rows))
        figure.numbers += [
            {"image": start + at, "row": name, "squared_error": squared_error(image, original)}
            for name, images in list(zip(rows, shown, strict=True))[1:]
            for at, (image, original) in enumerate(zip(images, shown[0], strict=True))
        ]
    return figure
