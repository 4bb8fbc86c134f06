"""Any dataset at another resolution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unbraid.core import require
from unbraid.data._dataset import GroundTruthDataset


class Resized(GroundTruthDataset):
    """Any dataset at another resolution."""

    def __init__(self, dataset: GroundTruthDataset, resolution: int) -> None:
        require(isinstance(resolution, int) and resolution >= 4, "resolution must be at least 4 pixels", resolution)
        render = dataset.render
        self._dataset, self._resolution = dataset, resolution
        self.info = replace(
            dataset.info,
            image_shape=(dataset.image_shape[0], resolution, resolution),
            render=None if render is None else lambda factors: resized(render(factors), resolution),
        )

    def __len__(self) -> int:
        return len(self._dataset)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Resampled images [N] -> uint8 [N, C, R, R]."""
        return resized(self._dataset.images(index), self._resolution)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels, unchanged."""
        return self._dataset.factors(index)


def resized(images: np.ndarray, resolution: int) -> np.ndarray:
    """uint8 [N, C, H, W] -> [N, C, R, R]; area means where R divides H and W, else antialiased bilinear."""
    count, channels, height, width = images.shape
    if height % resolution == 0 and width % resolution == 0:
        return _area_means(images, height // resolution, width // resolution)
    if not count:
        return np.empty((0, channels, resolution, resolution), np.uint8)
    from PIL import Image

    flat = images.reshape(-1, height, width)
    size = (resolution, resolution)
    small = [np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.BILINEAR)) for channel in flat]
    return np.stack(small).reshape(count, channels, resolution, resolution)


def _area_means(images: np.ndarray, down: int, across: int) -> np.ndarray:
    """Means over blocks of down x across pixels, rounded half up."""
    area = down * across
    exact = np.uint16 if 2 * 255 * area + area < 2**16 else np.uint32
    total = np.zeros((*images.shape[:2], images.shape[2] // down, images.shape[3] // across), dtype=exact)
    for row in range(down):
        for column in range(across):
            total += images[:, :, row::down, column::across]
    return ((2 * total + area) // (2 * area)).astype(np.uint8)
