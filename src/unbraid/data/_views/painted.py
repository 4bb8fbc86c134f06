"""dSprites in colour: each row keeps its random colour or noise, whoever asks for it and whenever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from unbraid.core import derive
from unbraid.data._dataset import GroundTruthDataset, rows_within

STEP = np.uint64(0x9E3779B97F4A7C15)  # SplitMix64: Steele, Lea and Flood (2014), "Fast Splittable Pseudorandom ..."
MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Painted(GroundTruthDataset):
    """A black-and-white dataset with colour added, `paint(images [N, 1, H, W], rows [N]) -> uint8 [N, 3, H, W]`."""

    def __init__(self, name: str, dataset: GroundTruthDataset, paint: Paint, source: str) -> None:
        self.info = replace(
            dataset.info,
            name=name,
            image_shape=(3, *dataset.image_shape[1:]),
            source=f"{dataset.source}; {source}",
            standardisation=None,  # grey statistics are not those of coloured images
            render=None,  # paint belongs to rows, and a combination that no row has would have none
        )
        self._dataset, self._paint = dataset, paint

    def __len__(self) -> int:
        return len(self._dataset)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Painted images of rows [N] -> uint8 [N, 3, H, W]."""
        index = rows_within(index, len(self))
        return self._paint(self._dataset.images(index), index)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels, unchanged: the paint is no factor."""
        return self._dataset.factors(index)


def noise(seed: int, purpose: str, rows: np.ndarray, count: int) -> np.ndarray:
    """Random bytes uint8 [N, count], a function of (seed, purpose, row): all rows at once, in any order.

    A counter through SplitMix64's mixing function; a generator per row would cost more than the images.
    """
    numbers = -(-count // 8)  # of eight bytes, per row
    counter = rows.astype(np.uint64)[:, None] * np.uint64(numbers) + np.arange(numbers, dtype=np.uint64)
    z: np.ndarray = np.uint64(derive(seed, 0, purpose)) + counter * STEP
    z = (z ^ (z >> np.uint64(30))) * MIX[0]
    z = (z ^ (z >> np.uint64(27))) * MIX[1]
    z = (z ^ (z >> np.uint64(31))).astype("<u8").view(np.uint8)[:, :count]
    return z
