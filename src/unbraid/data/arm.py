"""A stand-in for MPI3D, rendered here: a robot arm that holds an object."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require_choice
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._files.blocks import array_in_blocks
from unbraid.data._files.cache import cache_folder, damage
from unbraid.data._scenes.arm_scene import AZIMUTHS, SIZE, TILTS, geometry
from unbraid.data.mpi3d import BACKGROUNDS, COLORS, HEIGHTS, SHAPES

__all__ = ["arm"]

Cache = Literal["auto", "whole", "never"]
PREPARED = "arm-1.npy"  # the number changes whenever the renderer draws a different pixel
SOURCE = "a stand-in rendered here, not the original MPI3D images"
ROWS_AT_ONCE = 64
SPACE = FactorSpace(
    (
        Factor("object_color", 6, "categorical", labels=COLORS),
        Factor("object_shape", 6, "categorical", labels=SHAPES),
        Factor("object_size", 2, labels=("small", "large")),
        Factor("camera_height", 3, labels=HEIGHTS),
        Factor("background_color", 3, "categorical", labels=BACKGROUNDS),
        Factor("horizontal", 40, unit="degrees", values=tuple(map(float, AZIMUTHS))),
        Factor("vertical", 40, unit="degrees", values=tuple(map(float, TILTS))),
    )
)
GEOMETRY = (3, 5, 6, 1, 2)  # columns of camera, horizontal, vertical, shape and size: the order in which they are drawn
GEOMETRIES = FactorSpace(tuple(SPACE.factors[column] for column in GEOMETRY))
TOGETHER = 480  # geometries of one camera and one horizontal position
SHAPE = (GEOMETRIES.combinations, 3, SIZE, SIZE)
# of 256, so that a sum of layers and colours fits 16 bits
OBJECT_RGB = np.array([(250, 250, 250), (40, 160, 60), (205, 40, 40), (45, 75, 205), (130, 75, 30), (128, 128, 20)])
BACKGROUND_RGB = np.array([(128, 40, 140), (46, 139, 87), (250, 128, 114)])


@remembered
def arm(*, cache: Cache = "auto") -> GroundTruthDataset:
    """A stand-in for MPI3D, not the original: a robot arm holds an object over a platform (1,036,800 images).

    3 x 64 x 64 pixels; factors, levels and their order are those of MPI3D toy: object color 6, shape 6 and size 2,
    camera height 3, background color 3, horizontal and vertical position of the arm 40 each, the last varying
    fastest. Arm, cameras, light and colours are our own: nothing was fitted to the original, of which no image was at
    hand, and numbers computed here are not numbers for MPI3D; `mpi3d` reads the original files.

    Args:
        cache: `auto` reads the prepared geometries when they are there and casts those asked for otherwise; `whole`
            prepares them first (708 MB, once; also `unbraid data prepare arm`), going on where it was stopped;
            `never` casts.

    Raises:
        UsageError: an unknown `cache`, or no room for the prepared file.

    Notes:
        A geometry is all but the two colours: 57,600 of them, three bytes a pixel, are read through a memory map, and
        colours are painted when an image is asked for. The arm turns by 160 degrees about the shoulder and rises from 0
        to 60; the object stays upright and turns with it. 2 x 2 rays a pixel; there are no shadows.

    Source: after Gondal et al. (2019), "On the Transfer of Inductive Bias from Simulation to the Real World";
    arXiv:1906.03292.

    Example:
        >>> data = arm(cache="never")
        >>> len(data), data.image_shape, data.space.sizes
        (1036800, (3, 64, 64), (6, 6, 2, 3, 3, 40, 40))
    """
    require_choice(cache, Cache, "arm.cache")
    path = cache_folder() / PREPARED
    if cache == "whole" or (cache == "auto" and not damage(path, SHAPE, np.uint8)):
        blocks = SHAPE[0] // TOGETHER
        return Arm(array_in_blocks(path, SHAPE, np.uint8, cast, blocks, f"arm, {SOURCE}; layers of each geometry"))
    return Arm(None)


class Arm(GroundTruthDataset):
    """The complete grid, coloured on demand from layers that are prepared, or cast when they are asked for."""

    def __init__(self, prepared: np.ndarray | None) -> None:
        self.info = DatasetInfo("arm", (3, SIZE, SIZE), SPACE, True, SOURCE)
        self._prepared = prepared

    def __len__(self) -> int:
        return SPACE.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Colour the layers of rows [N] -> uint8 [N, 3, 64, 64]."""
        factors = self.factors(index)
        number = GEOMETRIES.index(factors[:, GEOMETRY])
        objects, grounds = OBJECT_RGB[factors[:, 0]], BACKGROUND_RGB[factors[:, 4]]
        images = np.empty((len(factors), *self.image_shape), np.uint8)
        for start in range(0, len(factors), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            images[rows] = painted(self._layers(number[rows]), objects[rows], grounds[rows])
        return images

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, 7]."""
        return SPACE.levels(rows_within(index, len(self)))

    def _layers(self, number: np.ndarray) -> np.ndarray:
        """Layers of geometries [N] -> uint8 [N, 3, 64, 64]."""
        if self._prepared is not None:
            layers: np.ndarray = self._prepared[number]
            return layers
        distinct, which = np.unique(number, return_inverse=True)
        return drawn(distinct)[which]


def painted(layers: np.ndarray, objects: np.ndarray, grounds: np.ndarray) -> np.ndarray:
    """Layers uint8 [N, 3, H, W] in the colours of objects and backgrounds [N, 3], of 256 -> uint8 [N, 3, H, W]."""
    deep = layers.astype(np.uint16)[:, :, None]  # [N, 3 layers, 1, H, W]; they add up to 255 at most
    colours = np.stack([objects, grounds], axis=1).astype(np.uint16)[..., None, None]  # [N, 2, 3, 1, 1]
    images = deep[:, 0] * colours[:, 0]
    images += deep[:, 1] * colours[:, 1]
    images += (deep[:, 2] << 8) + 128
    images >>= 8
    return images.astype(np.uint8)


def drawn(number: np.ndarray) -> np.ndarray:
    """Cast geometries [N] -> uint8 [N, 3, 64, 64]; in ascending order those of an arm come together, which is quick."""
    layers = np.empty((len(number), *SHAPE[1:]), np.uint8)
    for row, levels in enumerate(GEOMETRIES.levels(number).tolist()):
        layers[row] = geometry(*levels)
    return layers


def cast(block: int) -> np.ndarray:
    """The geometries of one camera and one horizontal position -> uint8 [480, 3, 64, 64]."""
    return drawn(np.arange(block * TOGETHER, (block + 1) * TOGETHER))
