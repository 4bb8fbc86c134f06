"""Reconstructions from every layer, for several β."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import place, sheet, styled
from unbraid.figures._tiles import picture

__all__ = ["layer_reconstructions"]

CELL, LABELS, GAP, HEAD = 0.72, 0.75, 0.22, 0.28  # inches


@styled
def layer_reconstructions(
    originals: np.ndarray, made: Mapping[str, Sequence[np.ndarray]], *, images: int = 3
) -> Figure:
    """Original images over their reconstructions from each layer, one block per β.

    Args:
        originals: uint8 [N, C, H, W].
        made: β -> one array like the originals for each layer.
        images: images shown per block.

    Source: Tartu thesis, figures 16 and 22.
    """
    originals = np.asarray(originals)[:images]
    require(
        made and all(len(each) for each in made.values()), "layer_reconstructions: each β needs a layer", list(made)
    )
    layers = max(len(each) for each in made.values())
    wide = len(originals) * CELL
    figure = sheet(LABELS + len(made) * (wide + GAP), HEAD + (layers + 1) * CELL)
    for block, (title, parts) in enumerate(made.items()):
        rows = [originals, *(np.asarray(part)[:images] for part in parts)]
        for number, part in enumerate(rows[1:]):
            require(
                part.shape == originals.shape,
                f"layer_reconstructions: layer {number + 1} of '{title}' must be like the originals {originals.shape}",
                f"shape {part.shape}",
            )
        ax = place(figure, LABELS + block * (wide + GAP), HEAD, wide, len(rows) * CELL)
        labels = ["original", *(f"L{number + 1}" for number in range(len(parts)))]
        picture(ax, np.stack(rows), rows=labels if block == 0 else ())
        ax.set_title(title, pad=5)
    return figure
