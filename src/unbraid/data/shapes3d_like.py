"""A stand-in for 3D Shapes, rendered here: one object in a room."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._scenes.raycast import hue_rgb
from unbraid.data._scenes.shapes3d_room import FLOOR, OBJECT, SIZE, SKY, SKY_RGB, WALL, WHITE, geometry

__all__ = ["shapes3d_like"]

ROWS_AT_ONCE = 256
SOURCE = "a stand-in rendered here, not the original 3D Shapes images"
HUES = tuple(level / 10 for level in range(10))
SCALES = tuple(float(scale) for scale in np.linspace(0.75, 1.25, 8))
DEGREES = tuple(float(angle) for angle in np.linspace(-30, 30, 15))
SHAPES = ("cube", "cylinder", "sphere", "capsule")
SPACE = FactorSpace(
    (
        *(Factor(f"{part}_hue", 10, "circular", "turns", HUES, period=1.0) for part in ("floor", "wall", "object")),
        Factor("scale", 8, values=SCALES),
        Factor("shape", 4, "categorical", labels=SHAPES),
        Factor("orientation", 15, unit="degrees", values=DEGREES),
    )
)
MAPS = FactorSpace(SPACE.factors[3:])


@remembered
def shapes3d_like() -> GroundTruthDataset:
    """A stand-in for 3D Shapes, not the original: cube, cylinder, sphere or capsule in a room (480,000 images).

    3 x 64 x 64 pixels; factors floor hue 10, wall hue 10, object hue 10, scale 8, shape 4, orientation 15, the last
    varying fastest, with the original's values. Geometry and light were fitted to 25 published images; colours'
    mean and spread and the mean distances along the factors are within a few percent of the original's (scale: 8),
    in the same order. Still, numbers computed on it are not numbers for 3D Shapes; `shapes3d` reads the original file.

    Notes:
        Nothing is stored. Each of 480 combinations of scale, shape and orientation is cast once, when first asked
        for (all of them in a few seconds), and then only coloured. The original's faint texture of floor
        and walls is left out.

    Source: after Burgess and Kim (2018), "3D Shapes Dataset".

    Example:
        >>> data = shapes3d_like()
        >>> dict(zip(data.space.names, data.space.sizes)), len(data)
        ({'floor_hue': 10, 'wall_hue': 10, 'object_hue': 10, 'scale': 8, 'shape': 4, 'orientation': 15}, 480000)
    """
    return Shapes3dLike()


class Shapes3dLike(GroundTruthDataset):
    """The complete grid, coloured on demand from maps of the scene that are kept once made."""

    def __init__(self) -> None:
        self.info = DatasetInfo("shapes3d_like", (3, SIZE, SIZE), SPACE, True, SOURCE)
        self._maps = np.empty((MAPS.combinations, 5, SIZE * SIZE), np.float32)
        self._made = np.zeros(MAPS.combinations, bool)

    def __len__(self) -> int:
        return SPACE.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Colour the maps of rows [N] -> uint8 [N, 3, 64, 64]."""
        factors = self.factors(index)
        which = MAPS.index(factors[:, 3:])
        self._make(np.unique(which))
        images = np.empty((len(factors), *self.image_shape), dtype=np.uint8)
        for start in range(0, len(factors), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            images[rows] = _coloured(self._maps, which[rows], factors[rows, :3])
        return images

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, 6]."""
        return SPACE.levels(rows_within(index, len(self)))

    def _make(self, which: np.ndarray) -> None:
        """Cast the maps that are asked for and not there yet."""
        missing = which[~self._made[which]]
        for number, (scale, shape, orientation) in zip(missing, MAPS.levels(missing), strict=True):
            self._maps[number] = geometry(SCALES[scale], int(shape), np.radians(DEGREES[orientation]))
            self._made[number] = True


def _coloured(maps: np.ndarray, which: np.ndarray, hues: np.ndarray) -> np.ndarray:
    """Floor, wall and object hue levels [N, 3] on the maps numbered `which` [N] -> uint8 [N, 3, 64, 64]."""
    palette = np.empty((len(which), 3, 5), np.float32)
    palette[:, :, [FLOOR, WALL, OBJECT]] = 255 * hue_rgb(hues / 10).transpose(0, 2, 1)
    palette[:, :, SKY], palette[:, :, WHITE] = SKY_RGB, 255
    images = np.empty((len(which), 3, SIZE * SIZE), np.uint8)
    for row, number in enumerate(which):  # without a copy of the maps
        value = palette[row] @ maps[number]
        value += 0.5
        images[row] = np.minimum(value, 255, out=value)
    return images.reshape(-1, 3, SIZE, SIZE)
