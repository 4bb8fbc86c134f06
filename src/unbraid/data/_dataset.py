"""What a dataset is: images addressed by index, each with the factors of its factors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property

import numpy as np

from unbraid.core import FactorSpace, UsageError, require

Draw = Callable[[np.random.Generator, int], np.ndarray]
NO_FACTORS = FactorSpace(())


class GroundTruthDataset(ABC):
    """Images of known (or no) factors; it has a factor space, it is not one.

    Attributes:
        name: the entry's name.
        space: the factors [K]; an empty space where none are known.
        image_shape: (channels, height, width).
        complete: True when row i is combination i of `space`, for every combination.
        draw: how training rows are drawn, `draw(rng, count) -> int64 [count]`; None for uniform with replacement.
        standardisation: per-channel (mean [C], std [C]) in [0, 1] units that training applies to images, or None.
        source: one sentence on where the images come from: rendered here, read from a file, a stand-in for another set.
    """

    name: str
    space: FactorSpace
    image_shape: tuple[int, int, int]
    complete: bool
    draw: Draw | None = None
    standardisation: tuple[np.ndarray, np.ndarray] | None = None
    source: str = ""

    @abstractmethod
    def __len__(self) -> int:
        """Number of rows."""

    @abstractmethod
    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of rows `index` [N] -> uint8 [N, C, H, W]."""

    @abstractmethod
    def factors(self, index: np.ndarray) -> np.ndarray:
        """Factor levels of rows `index` [N] -> int64 [N, K] (float64 if a factor is continuous)."""

    @cached_property
    def rows_by_combination(self) -> tuple[np.ndarray, np.ndarray]:
        """Combination numbers in ascending order [N], and the row that shows each [N]; for incomplete tables."""
        numbers = self.space.index(self.factors(np.arange(len(self))))
        order = np.argsort(numbers, kind="stable")
        return numbers[order], order


class ArrayDataset(GroundTruthDataset):
    """Images held in an array (RAM or memory-mapped), with a table of factors or a complete grid.

    Args:
        name: how listings and reports call it.
        images: uint8 [N, C, H, W], an array or memory map.
        space: the factors [K].
        table: factor levels [N, K]; None when row i is combination i of `space`.
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
        self.name, self.space, self.source = name, space, source
        self.image_shape = (int(images.shape[1]), int(images.shape[2]), int(images.shape[3]))
        self.complete = table is None and len(space) > 0
        self._images, self._table = images, table

    def __len__(self) -> int:
        return len(self._images)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Gather rows [N] -> uint8 [N, C, H, W]."""
        return self._images[rows_within(index, len(self))]

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> [N, K]."""
        index = rows_within(index, len(self))
        if self._table is not None:
            return self._table[index]
        return self.space.levels(index) if len(self.space) else np.empty((len(index), 0), np.int64)


def rows_within(index: np.ndarray, rows: int) -> np.ndarray:
    """`index` as int64, refused unless all of it lies in 0 .. rows - 1."""
    index = np.asarray(index, dtype=np.int64)
    if index.size and (index.min() < 0 or index.max() >= rows):
        worst = int(index.min()) if index.min() < 0 else int(index.max())
        raise UsageError(f"a row index must lie in 0 .. {rows - 1}; got {worst}.")
    return index
