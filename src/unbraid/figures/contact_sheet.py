"""Images of a dataset side by side."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width, panels_beside
from unbraid.figures._images import as_bytes, brightness, show_images
from unbraid.figures._style import axes_at, empty_figure, styled

__all__ = ["contact_sheet"]

CELL, NARROW, PAGE = 0.72, 0.34, 9.6  # inches: an image, the smallest in a column of a paper, and the page


@styled
def contact_sheet(images: np.ndarray, *, columns: int = 12) -> Figure:
    """Images of a dataset side by side, row after row.

    Args:
        images: [N, C, H, W], uint8 or floats in [0, 1].
        columns: images in a row.

    Example:
        >>> import numpy as np
        >>> figure = contact_sheet(np.zeros((6, 1, 16, 16), np.uint8), columns=3)
        >>> width, height = figure.get_size_inches()
        >>> round(float(width / height), 2)  # three images across, two down
        1.5
    """
    images = as_bytes(images)
    require(images.ndim == 4 and len(images), "contact_sheet: images must be [N, C, H, W]", f"shape {images.shape}")
    require(columns >= 1, "contact_sheet: columns must be at least 1", columns)
    columns = panels_beside(min(columns, len(images)), NARROW)
    rows = -(-len(images) // columns)
    whole = np.full((rows * columns, *images.shape[1:]), 255, images.dtype)
    whole[: len(images)] = images
    cell = column_width(columns * min(CELL, PAGE / columns)) / columns
    cell_height = cell * images.shape[2] / images.shape[3]
    figure = empty_figure(cell * columns, cell_height * rows)
    ax = axes_at(figure, 0, 0, cell * columns, cell_height * rows)
    show_images(ax, whole.reshape(rows, columns, *images.shape[1:]), framed=len(images))
    figure.numbers = [
        {"row": number // columns, "column": number % columns, "brightness": brightness(image)}
        for number, image in enumerate(images)
    ]
    return figure
