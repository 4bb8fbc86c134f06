"""What makes a dataset easy or hard: its brightness, and how far each factor moves its images."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core import require, seeds, tracked
from unbraid.data._dataset import GroundTruthDataset, Render
from unbraid.data._distances import Distance, mse
from unbraid.data._pairs import Pairs, pairs_along, random_pairs

BLOCK_BYTES = 8 * 2**20  # images are compared in blocks of about this size (uint8), which stays in cache as float32
RANDOM = "random"  # the row of random pairs in tables and plots


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
    for images in _blocks(dataset, _rows(len(dataset), rows, rng)):
        flat = images.reshape(*images.shape[:2], -1)
        total = flat.sum(axis=2, dtype=np.int64)
        wide: Any = flat.astype(np.int32 if pixels < 2**15 else np.int64)  # 255^2 * 2^15 fits 31 bits
        squares = np.einsum("ncp,ncp->nc", wide, wide).astype(np.int64)
        means.append(total / pixels / 255)
        spread = (pixels * squares - total**2) / (pixels * max(pixels - 1, 1))  # whole numbers above the line: exact
        deviations.append(np.sqrt(spread) / 255)
    return _exact_mean(np.concatenate(means)), _exact_mean(np.concatenate(deviations))


@dataclass(frozen=True)
class FactorDistances:
    """Distances between images that differ in one factor only, and between random images.

    Args:
        samples: factor name -> distances [pairs]; "random" holds those of random pairs.
        absent: factors without a pair to measure: of one level, or never varied alone in the table.
        redrawn: True when the second image was rendered with the factor redrawn, since a table holds no such pairs.
    """

    samples: Mapping[str, np.ndarray]
    absent: tuple[str, ...] = ()
    redrawn: bool = False

    def means(self) -> dict[str, float]:
        """Mean distance by name, the largest first."""
        means = {name: float(sample.mean()) for name, sample in self.samples.items()}
        return dict(sorted(means.items(), key=lambda pair: -pair[1]))

    def deviations(self) -> dict[str, float]:
        """Standard deviation of the distances by name, in the order of `means`."""
        return {name: float(self.samples[name].std()) for name in self.means()}


def factor_distances(
    dataset: GroundTruthDataset, rng: np.random.Generator, *, pairs: int = 50_000, distance: Distance = mse
) -> FactorDistances:
    """How far each factor moves the images: distances of pairs that differ in exactly that factor (value always other).

    A VAE learns the factors with the largest mean first. Datasets that are no complete grid are searched for rows
    that differ in one factor; where they offer `render(factors) -> images`, the second image is rendered instead, with
    the factor's value taken from another random row: the marginal distribution, also where factors depend on others.

    Args:
        dataset: any dataset with factors; without factors only random pairs are measured.
        rng: for the pairs.
        pairs: pairs per factor.
        distance: of two float32 stacks [N, C, H, W] in [0, 1] -> [N]; see `distance_named`.

    Source: Michlo et al., supplement A, equations 1 and 2, table 1.
    """
    require(isinstance(pairs, int) and pairs >= 1, "pairs must be at least 1", pairs)
    samples: dict[str, np.ndarray] = {}
    render = None if dataset.complete else dataset.render
    for k, name in enumerate(tracked(dataset.space.names, "comparing images along each factor")):
        if render:
            found = _redrawn_distances(dataset, render, k, pairs, rng, distance)
        else:
            found = _distances(dataset, pairs_along(dataset, k, pairs, rng), distance)
        if found is not None:
            samples[name] = found
    apart = _distances(dataset, random_pairs(len(dataset), pairs, rng), distance)
    if apart is not None:
        samples[RANDOM] = apart
    absent = tuple(name for name in dataset.space.names if name not in samples)
    return FactorDistances(samples, absent, redrawn=render is not None)


def _distances(dataset: GroundTruthDataset, pairs: Pairs | None, distance: Distance) -> np.ndarray | None:
    """Distances of row pairs, block by block."""
    if pairs is None:
        return None
    blocks = zip(_blocks(dataset, pairs[0]), _blocks(dataset, pairs[1]), strict=True)
    return np.concatenate([_checked(distance(_unit(a), _unit(b)), len(a)) for a, b in blocks])


def _redrawn_distances(
    dataset: GroundTruthDataset,
    render: Render,
    factor: int,
    pairs: int,
    rng: np.random.Generator,
    distance: Distance,
) -> np.ndarray | None:
    """Distances between random rows and the same rows rendered with the factor's value of another row."""
    column = dataset.factors(np.arange(len(dataset)))[:, factor]
    found = _pairs_of_levels(column, pairs, rng)
    if found is None:
        return None
    done = []
    for a, b in zip(*(_split(rows, dataset) for rows in found), strict=True):
        factors = dataset.factors(a)
        factors[:, factor] = column[b]
        done.append(_checked(distance(_unit(dataset.images(a)), _unit(render(factors))), len(a)))
    return np.concatenate(done)


def _pairs_of_levels(column: np.ndarray, pairs: int, rng: np.random.Generator) -> Pairs | None:
    """Rows a, uniform, and rows b, uniform among those of another level."""
    order = np.argsort(column, kind="stable")
    levels, start, count = np.unique(column[order], return_index=True, return_counts=True)
    if len(levels) < 2:
        return None
    a = rng.integers(len(column), size=pairs)  # places in the sorted column
    run = np.searchsorted(start, a, side="right") - 1
    b = rng.integers(len(column) - count[run])
    return order[a], order[np.where(b >= start[run], b + count[run], b)]


def _checked(distances: np.ndarray, rows: int) -> np.ndarray:
    """One number per pair, as a person's own function must return."""
    distances = np.asarray(distances)
    require(distances.shape == (rows,), f"a distance must return one number per pair ({rows},)", f"{distances.shape}")
    return distances.astype(np.float64)


def _unit(images: np.ndarray) -> np.ndarray:
    """uint8 -> float32 in [0, 1]."""
    return images.astype(np.float32) / np.float32(255)


def _rows(total: int, rows: int | None, rng: np.random.Generator | None) -> np.ndarray:
    """All row numbers, or `rows` different ones."""
    require(rows is None or (isinstance(rows, int) and rows >= 1), "rows must be at least 1", rows)
    if rows is None or rows >= total:
        return np.arange(total)
    rng = seeds.rng(0, 0, "statistics") if rng is None else rng
    if total > 100 * rows:  # too many to permute: drawn with replacement, repeats dropped
        return np.unique(rng.integers(total, size=rows))
    return np.sort(rng.choice(total, size=rows, replace=False))


def _split(rows: np.ndarray, dataset: GroundTruthDataset) -> Iterator[np.ndarray]:
    """Row numbers in blocks."""
    step = max(1, BLOCK_BYTES // math.prod(dataset.image_shape))
    yield from (rows[start : start + step] for start in range(0, len(rows), step))


def _blocks(dataset: GroundTruthDataset, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Images of rows, block by block."""
    yield from (dataset.images(part) for part in _split(rows, dataset))


def _exact_mean(values: np.ndarray) -> np.ndarray:
    """Mean over rows, each column's sum exactly rounded."""
    return np.array([math.fsum(column) / len(column) for column in values.T])
