"""Images of any dataset in RAM, where they fit."""

from __future__ import annotations

import math

import numpy as np

from unbraid.core import tracked
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import GroundTruthDataset, rows_within

ROWS_AT_ONCE = 2048


def in_memory(dataset: GroundTruthDataset, budget_bytes: int = 1 << 30) -> GroundTruthDataset:
    """The dataset with its images in RAM if they take at most `budget_bytes`, else the dataset as it is.

    Rows keep their numbers, and everything in `info` stays.

    Args:
        dataset: any dataset.
        budget_bytes: the most that the images may take.
    """
    size = len(dataset) * math.prod(dataset.image_shape)
    if size > budget_bytes or isinstance(dataset, (ArrayDataset, InMemory)):
        return dataset
    images = np.empty((len(dataset), *dataset.image_shape), dtype=np.uint8)
    for start in tracked(range(0, len(dataset), ROWS_AT_ONCE), f"reading {dataset.name} into memory"):
        index = np.arange(start, min(start + ROWS_AT_ONCE, len(dataset)))
        images[index[0] : index[-1] + 1] = dataset.images(index)
    return InMemory(dataset, images)


class InMemory(GroundTruthDataset):
    """A dataset whose images lie in RAM; everything else comes from the dataset it was made of."""

    def __init__(self, dataset: GroundTruthDataset, images: np.ndarray) -> None:
        self.info, self.spec = dataset.info, dataset.spec
        self._dataset, self._images = dataset, images

    def __len__(self) -> int:
        return len(self._images)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Gather rows [N] -> uint8 [N, C, H, W]."""
        images: np.ndarray = self._images[rows_within(index, len(self))]
        return images

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N], as the dataset has them."""
        return self._dataset.factors(index)
