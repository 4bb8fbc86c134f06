"""Datasets whose images are held in an array."""

from __future__ import annotations

import numpy as np

from unbraid.core import FactorSpace, require
from unbraid.data._dataset import NO_FACTORS, DatasetInfo, GroundTruthDataset, rows_within


class ArrayDataset(GroundTruthDataset):
    """Images held in an array (RAM or memory-mapped), with a table of factors or a complete grid.

    Args:
        name: how listings and reports call it.
        images: uint8 [N, C, H, W], an array or memory map.
        space: the factors [K].
        table: factor levels [N, K], NaN where missing; None when row i is combination i of `space`.
        source: where the images come from.
    """

    def __init__(
        self,
        name: str,
        images: np.ndarray,
        space: FactorSpace = NO_FACTORS,
        table: np.ndarray | None = None,
        source: str = "",
    ) -> None:
        require(images.ndim == 4, "images must have shape [N, C, H, W]", images.shape)
        require(
            images.dtype == np.uint8,
            "images must be uint8 in 0 .. 255",
            images.dtype,
            "scale and convert them",
        )
        if table is None and len(space):
            require(
                space.combinations == len(images),
                f"a complete grid of factors {space.sizes} needs {space.combinations} images",
                f"{len(images)} images",
                "give a table of factors, one row per image",
            )
        if table is not None:
            require(
                table.shape == (len(images), len(space)),
                f"the factor table must have one row per image and one column per factor ({len(images)}, {len(space)})",
                f"{table.shape}",
            )
        shape = (int(images.shape[1]), int(images.shape[2]), int(images.shape[3]))
        self.info = DatasetInfo(name, shape, space, table is None and len(space) > 0, source)
        self._images, self._table = images, table

    def __len__(self) -> int:
        return len(self._images)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Gather rows [N] -> uint8 [N, C, H, W]."""
        images: np.ndarray = self._images[rows_within(index, len(self))]
        return images

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> [N, K]."""
        index = rows_within(index, len(self))
        if self._table is None:
            return self.space.levels(index) if len(self.space) else np.empty((len(index), 0), np.int64)
        levels: np.ndarray = self._table[index]
        return levels
