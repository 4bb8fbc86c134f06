"""How bright a dataset is, channel by channel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from unbraid.core import require, seeds
from unbraid.data._blocks import image_blocks
from unbraid.data._dataset import GroundTruthDataset


def channel_statistics(
    dataset: GroundTruthDataset, *, rows: int | None = None, rng: np.random.Generator | None = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Mean and standard deviation of each channel in the convention of the papers, in [0, 1] units.

    The mean is that of the image means. The deviation is the mean over images of the deviation *within* each image
    (unbiased, over its pixels), which is smaller than that of all pixels together.

    Args:
        dataset: any dataset.
        rows: how many rows to measure, drawn without replacement; None measures every row.
        rng: for the rows drawn; None takes one with a fixed seed, so that the numbers are the same each time.

    Returns:
        mean [C] and deviation [C], float64. Sums over pixels are whole numbers and the sum over images is exactly
        rounded, so equal images lose no digit.

    Source: Michlo et al., supplement, table 2.
    """
    require(len(dataset) > 0, "statistics need at least one image", dataset.name)
    pixels = math.prod(dataset.image_shape[1:])
    means, deviations = [], []
    for images in image_blocks(dataset, _rows(len(dataset), rows, rng)):
        flat = images.reshape(*images.shape[:2], -1)
        total = flat.sum(axis=2, dtype=np.int64)
        exact: Any = flat.astype(np.int32 if pixels < 2**15 else np.int64)  # 255^2 * 2^15 fits 31 bits
        squares = np.einsum("ncp,ncp->nc", exact, exact).astype(np.int64)
        means.append(total / pixels / 255)
        variance = (pixels * squares - total**2) / (pixels * max(pixels - 1, 1))  # whole numbers above the line: exact
        deviations.append(np.sqrt(variance) / 255)
    return _exact_mean(np.concatenate(means)), _exact_mean(np.concatenate(deviations))


def _rows(total: int, rows: int | None, rng: np.random.Generator | None) -> np.ndarray:
    """All row numbers, or `rows` different ones."""
    require(rows is None or (isinstance(rows, int) and rows >= 1), "rows must be at least 1", rows)
    if rows is None or rows >= total:
        return np.arange(total)
    rng = seeds.rng(0, 0, "statistics") if rng is None else rng
    if total > 100 * rows:  # too many to permute: drawn with replacement, repeats dropped
        return np.unique(rng.integers(total, size=rows))
    return np.sort(rng.choice(total, size=rows, replace=False))


def _exact_mean(values: np.ndarray) -> np.ndarray:
    """Mean over rows, each column's sum exactly rounded."""
    return np.array([math.fsum(column) / len(column) for column in values.T])
