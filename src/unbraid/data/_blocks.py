"""Images of many rows, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from unbraid.data._dataset import GroundTruthDataset

IMAGE_BYTES = 8 * 2**20  # of a block (uint8); as float32 it still stays in the processor's cache


def image_blocks(dataset: GroundTruthDataset, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Images of rows, block by block."""
    yield from (dataset.images(block) for block in row_blocks(dataset, rows))


def row_blocks(dataset: GroundTruthDataset, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Row numbers in blocks."""
    step = max(1, IMAGE_BYTES // math.prod(dataset.image_shape))
    yield from (rows[start : start + step] for start in range(0, len(rows), step))
