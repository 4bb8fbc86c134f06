"""XYSquares: three squares that move without ever touching one another's channel."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require
from unbraid.core.values import Count, Pixels
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._rendered import RenderedDataset

__all__ = ["xysquares"]

SIZE, SIDE = 64, 8  # pixels
SIZES = (64, 32, 16)  # whose sides are whole pixels, and at which some spacing below 8 is left
CHANNELS = ("R", "G", "B")


@remembered
def xysquares(*, spacing: Count = 8, squares: Count = 3, size: Pixels = SIZE) -> GroundTruthDataset:
    """XYSquares: a red, a green and a blue 8x8 square on black, each with its own x and y (262,144 images).

    64 x 64 pixels, or smaller with everything in proportion. Square k writes 255 into channel k only, so squares never
    blend. At spacing 8 every step along a factor costs the same pixel distance, which is what makes this world hard to
    disentangle; below 8 neighbouring places overlap. Images are drawn on demand: at spacing 1 there are 3.4e10 of them.

    Args:
        spacing: pixels between neighbouring places at 64 x 64, 1 .. 8; an axis has floor(56 / spacing) + 1 places.
        squares: 1 .. 3, as many channels, and two factors each.
        size: height and width in pixels, 64, 32 or 16. At 32 squares of 4 pixels are drawn spacing / 2 apart, at 16 of
            2 pixels spacing / 4 apart; a spacing that gives no whole pixels is refused.

    Notes:
        Per channel the mean is 1/64 and the standard deviation sqrt(1/64 * 63/64 * 4096/4095), for every spacing.
        `size=32` draws; `resolution=32` averages the pixels of 64 x 64. They are the same at spacings 8, 4 and 2. At 6
        the places begin at an odd pixel, so that averaging makes 64 % of the lit pixels grey.

    Source: Michlo, Klein and James (2023), "Overlooked Implications of the Reconstruction Loss for VAE
    Disentanglement", Sec. 4.

    Example:
        >>> import numpy as np
        >>> data = xysquares(squares=1)
        >>> data.space.names, len(data)
        (('x', 'y'), 64)
        >>> int((data.images(np.array([0])) > 0).sum())  # a square of 8 x 8 in one channel
        64
    """
    require(isinstance(spacing, int) and 1 <= spacing <= SIDE, "xysquares: spacing must be 1 .. 8 pixels", spacing)
    require(isinstance(squares, int) and 1 <= squares <= 3, "xysquares: squares must be 1, 2 or 3", squares)
    require(size in SIZES, f"xysquares: size must be one of {', '.join(map(str, SIZES))} pixels", size)
    shrunk = SIZE // size
    require(
        spacing % shrunk == 0,
        f"xysquares: at {size} x {size} places are spacing / {shrunk} pixels apart, and a square has no half pixels",
        f"spacing {spacing}",
        f"use {'an even spacing' if shrunk == 2 else f'a multiple of {shrunk}'}, or size=64",
    )
    side = SIDE // shrunk
    edges = places(side, spacing // shrunk, size)
    names = [f"{axis}_{channel}" for channel in CHANNELS[:squares] for axis in "xy"] if squares > 1 else ["x", "y"]
    space = FactorSpace(tuple(Factor(name, len(edges), "ordinal", "pixels", tuple(edges.tolist())) for name in names))
    pixels = np.arange(size)
    covered = (pixels >= edges[:, None]) & (pixels < edges[:, None] + side)
    lines = np.where(covered, 255, 0).astype(np.uint8)  # [places, size]: one line across a square

    def render(factors: np.ndarray) -> np.ndarray:
        across, down = lines[factors[..., 0::2]], lines[factors[..., 1::2]]  # [N, squares, size]
        images: np.ndarray = down[..., :, None] & across[..., None, :]
        return images

    return RenderedDataset("xysquares", space, (squares, size, size), render, "rendered here, exactly as defined")


def places(side: int, spacing: int, size: int = SIZE) -> np.ndarray:
    """Left (or upper) edges of a square of `side` pixels, every `spacing` pixels, centred in the image [places]."""
    count = (size - side) // spacing + 1
    offset = (size - (side + (count - 1) * spacing)) // 2
    return offset + spacing * np.arange(count)
