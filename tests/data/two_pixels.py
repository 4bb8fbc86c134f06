"""A world of two pixels whose numbers can be worked out by hand."""

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.data import ArrayDataset

GRID = FactorSpace((Factor("left", 2), Factor("right", 3)))


def two_pixels() -> ArrayDataset:
    """Pixel 0 shows factor `left` as 0 or 255, pixel 1 shows `right` as 0, 51 or 102 (0, 0.2, 0.4)."""
    factors = GRID.levels(np.arange(6))
    images = np.stack([factors[:, 0] * 255, factors[:, 1] * 51], axis=1).astype(np.uint8)
    return ArrayDataset("two pixels", images.reshape(6, 1, 1, 2), GRID)


def table_of(dataset: ArrayDataset, rows: np.ndarray) -> ArrayDataset:
    return ArrayDataset("part", dataset.images(rows), dataset.space, dataset.factors(rows))
