"""XYObject: one square of changing place, size and colour."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._rendered import RenderedDataset
from unbraid.data.xysquares import SIZE, places

__all__ = ["xyobject"]

SIDES = np.arange(7, 16, 2)  # pixels
SPACING = 2  # pixels
SHADES = (63, 127, 191, 255)
HUES = {
    "red": (1, 0, 0),
    "yellow": (1, 1, 0),
    "green": (0, 1, 0),
    "cyan": (0, 1, 1),
    "blue": (0, 0, 1),
    "magenta": (1, 0, 1),
}


@remembered
def xyobject(*, shaded: bool = False) -> GroundTruthDataset:
    """XYObject: one square on black; x, y, side length and one of 24 colours (75,000 images).

    64 x 64 pixels, three channels; factors x 25, y 25, scale 5, colour 24 (six hues in four shades, darkest first),
    the last varying fastest. A square of any size is centred on its place.

    Args:
        shaded: split the colour into two factors, shade 4 and hue 6; the images and their order stay the same.

    Notes:
        The shades 63, 127, 191, 255 give the published mean 0.0098188 and standard deviation 0.0526324.

    Source: Michlo, Klein and James (2023), "Overlooked Implications of the Reconstruction Loss for VAE
    Disentanglement", and their public code.

    Example:
        >>> data = xyobject()
        >>> dict(zip(data.space.names, data.space.sizes)), data.image_shape
        ({'x': 25, 'y': 25, 'scale': 5, 'colour': 24}, (3, 64, 64))
    """
    edges = places(int(SIDES[-1]), SPACING)
    position = tuple(float(v) for v in edges + SIDES[-1] / 2)
    shade = Factor("shade", len(SHADES), values=tuple(map(float, SHADES)))
    hue = Factor("hue", len(HUES), "circular", labels=tuple(HUES))
    colour = Factor("colour", len(SHADES) * len(HUES), "categorical")
    space = FactorSpace(
        (
            Factor("x", len(edges), "ordinal", "pixels", position),
            Factor("y", len(edges), "ordinal", "pixels", position),
            Factor("scale", len(SIDES), "ordinal", "pixels", tuple(map(float, SIDES))),
            *((shade, hue) if shaded else (colour,)),
        )
    )
    palette = (np.array(SHADES)[:, None, None] * np.array(list(HUES.values()))).reshape(-1, 3).astype(np.uint8)

    def render(factors: np.ndarray) -> np.ndarray:
        side = SIDES[factors[:, 2], None]
        first = edges[factors[:, :2]] + (SIDES[-1] - side) // 2  # [N, 2]
        covered = _covered(first, side)
        which = factors[:, 3] if not shaded else factors[:, 3] * len(HUES) + factors[:, 4]
        inside = covered[:, 1, :, None] & covered[:, 0, None, :]  # [N, 64, 64]
        images: np.ndarray = inside[:, None] * palette[which][:, :, None, None]
        return images

    return RenderedDataset("xyobject", space, (3, SIZE, SIZE), render, "rendered here, as defined")


def _covered(first: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Which pixels of an axis lie in first .. first + side - 1: [N, 2] -> bool [N, 2, 64]."""
    pixels = np.arange(SIZE)
    covered: np.ndarray = (pixels >= first[..., None]) & (pixels < (first + side)[..., None])
    return covered
