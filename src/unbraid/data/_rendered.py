"""Datasets whose images are made from factors on demand, or unpacked from bits."""

from __future__ import annotations

import numpy as np

from unbraid.core import FactorSpace
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, Render, rows_within


class RenderedDataset(GroundTruthDataset):
    """Images that are rendered from their factors whenever they are asked for; nothing is stored.

    Args:
        name: how listings and reports call it.
        space: the factors [K].
        image_shape: (channels, height, width).
        render: `render(factors [N, K]) -> uint8 [N, C, H, W]`, a pure function.
        source: where the images come from.
        table: factor levels of each row [rows, K]; None for the complete grid, where row i is combination i.
    """

    def __init__(
        self,
        name: str,
        space: FactorSpace,
        image_shape: tuple[int, int, int],
        render: Render,
        source: str = "",
        table: np.ndarray | None = None,
    ) -> None:
        self.info = DatasetInfo(name, image_shape, space, table is None, source)
        self._render, self._table = render, table

    def __len__(self) -> int:
        return self.space.combinations if self._table is None else len(self._table)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Render rows [N] -> uint8 [N, C, H, W]."""
        return self._render(self.factors(index))

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, K]."""
        index = rows_within(index, len(self))
        return self.space.levels(index) if self._table is None else self._table[index]


class PackedGrid(GroundTruthDataset):
    """A complete grid of black-and-white images held as bits, one eighth of their size.

    Args:
        name: how listings and reports call it.
        bits: uint8 [rows, H * W / 8], an array or memory map, as `pack` makes them.
        space: the factors [K]; row i is combination i.
        size: height and width in pixels.
        source: where the images come from.
    """

    def __init__(self, name: str, bits: np.ndarray, space: FactorSpace, size: int, source: str) -> None:
        self.info = DatasetInfo(name, (1, size, size), space, True, source)
        self._bits = bits

    def __len__(self) -> int:
        return len(self._bits)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Unpack rows [N] -> uint8 [N, 1, H, W], 0 or 255."""
        index = rows_within(index, len(self))
        ones = np.unpackbits(self._bits[index], axis=-1)
        return np.negative(ones, out=ones).reshape(*index.shape, *self.image_shape)  # 1 -> 255 modulo 256

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, K]."""
        return self.space.levels(rows_within(index, len(self)))


def pack(masks: np.ndarray) -> np.ndarray:
    """Masks [N, H, W], nonzero where white -> bits uint8 [N, H * W / 8]."""
    return np.packbits(masks.reshape(len(masks), -1), axis=-1)
