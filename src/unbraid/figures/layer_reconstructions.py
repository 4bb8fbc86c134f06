"""Reconstructions from every layer, for several β."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width
from unbraid.figures._images import as_bytes, show_images, squared_error
from unbraid.figures._style import axes_at, empty_figure, styled

__all__ = ["layer_reconstructions"]

CELL, LABELS, GAP, HEAD = 0.72, 0.75, 0.22, 0.28  # inches


@styled
def layer_reconstructions(
    originals: np.ndarray, reconstructed: Mapping[str, Sequence[np.ndarray]], *, images: int = 3
) -> Figure:
    """Original images over their reconstructions from each layer, one block per β.

    Args:
        originals: [N, C, H, W], uint8 or floats in [0, 1].
        reconstructed: β -> one array like the originals for each layer.
        images: images shown per block.

    Source: Tartu thesis, figures 16 and 22.

    Example:
        >>> import numpy as np
        >>> images = np.zeros((3, 1, 16, 16), np.uint8)
        >>> figure = layer_reconstructions(images, {"β = 1": [images, images]})
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['original', 'L1', 'L2']
    """
    originals = as_bytes(originals)[:images]
    require(
        reconstructed and all(map(len, reconstructed.values())),
        "layer_reconstructions: each β needs a layer",
        list(reconstructed),
    )
    layers = max(map(len, reconstructed.values()))
    blocks = len(reconstructed)
    width = column_width(LABELS + blocks * (len(originals) * CELL + GAP))
    block_width = (width - LABELS) / blocks - GAP
    cell = block_width / len(originals)
    figure = empty_figure(width, HEAD + (layers + 1) * cell)
    for block, (title, parts) in enumerate(reconstructed.items()):
        rows = [originals, *(as_bytes(part)[:images] for part in parts)]
        for number, part in enumerate(rows[1:]):
            require(
                part.shape == originals.shape,
                f"layer_reconstructions: layer {number + 1} of '{title}' must be like the originals {originals.shape}",
                f"shape {part.shape}",
            )
        ax = axes_at(figure, LABELS + block * (block_width + GAP), HEAD, block_width, len(rows) * cell)
        labels = ["original", *(f"L{number + 1}" for number in range(len(parts)))]
        show_images(ax, np.stack(rows), rows=labels if block == 0 else ())
        ax.set_title(title, pad=5)
        figure.numbers += [
            {"block": title, "layer": label, "image": at, "squared_error": squared_error(image, original)}
            for label, part in zip(labels[1:], rows[1:], strict=True)
            for at, (image, original) in enumerate(zip(part, originals, strict=True))
        ]
    return figure
