"""A toy world of 16x16 images for tests and first steps."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered
from unbraid.core.values import Pixels, Repeats
from unbraid.data._array_dataset import ArrayDataset

__all__ = ["toy"]


@remembered
def toy(*, size: Pixels = 16, places: Repeats = 6) -> ArrayDataset:
    """Toy world: one bright square on black; factors x, y, brightness. For tests, not for claims.

    Args:
        size: height and width in pixels.
        places: positions along each axis; the grid holds places x places x 2 images.

    Example:
        >>> import numpy as np
        >>> data = toy(places=4)
        >>> data.space.names, len(data), data.image_shape
        (('x', 'y', 'brightness'), 32, (1, 16, 16))
        >>> data.images(np.array([0]))[0, 0, 0, :6].tolist()  # at the left, dark
        [128, 128, 128, 128, 0, 0]
    """
    space = FactorSpace((Factor("x", places), Factor("y", places), Factor("brightness", 2)))
    factors = space.levels(np.arange(space.combinations))
    square = size // 4
    left, top = (np.round(factors[:, k] * (size - square) / max(places - 1, 1)).astype(int) for k in (0, 1))
    pixels = np.arange(size)
    columns = (pixels >= left[:, None]) & (pixels < left[:, None] + square)  # [N, W]
    rows = (pixels >= top[:, None]) & (pixels < top[:, None] + square)  # [N, H]
    brightness = np.where(factors[:, 2] == 1, 255, 128).astype(np.uint8)
    images = (rows[:, :, None] & columns[:, None, :]) * brightness[:, None, None]
    return ArrayDataset("toy", images[:, None], space, source="rendered here: a toy world for tests")
