"""How far each factor moves the images of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from unbraid.core import UsageError, failure, require, tracked
from unbraid.core.checks import sentence
from unbraid.data._blocks import image_blocks, row_blocks
from unbraid.data._dataset import GroundTruthDataset, Render
from unbraid.data._distances import Distance, mse
from unbraid.data._pairs import Pairs, pairs_along, pairs_of_levels, random_pairs

RANDOM = "random"  # the row of random pairs in tables and plots


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

    @property
    def along(self) -> dict[str, np.ndarray]:
        """The samples of factors alone."""
        return {name: sample for name, sample in self.samples.items() if name != RANDOM}

    @property
    def random(self) -> np.ndarray | None:
        """The sample of random pairs; None of a single image."""
        return self.samples.get(RANDOM)

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
            sample = _redrawn_distances(dataset, render, k, pairs, rng, distance)
        else:
            sample = _distances(dataset, pairs_along(dataset, k, pairs, rng), distance)
        if sample is not None:
            samples[name] = sample
    apart = _distances(dataset, random_pairs(len(dataset), pairs, rng), distance)
    if apart is not None:
        samples[RANDOM] = apart
    absent = tuple(name for name in dataset.space.names if name not in samples)
    return FactorDistances(samples, absent, redrawn=render is not None)


def _distances(dataset: GroundTruthDataset, pairs: Pairs | None, distance: Distance) -> np.ndarray | None:
    """Distances of row pairs, block by block."""
    if pairs is None:
        return None
    blocks = zip(*(image_blocks(dataset, rows) for rows in pairs), strict=True)
    return np.concatenate([_measured(distance, a, b) for a, b in blocks])


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
    both = pairs_of_levels(column, pairs, rng)
    if both is None:
        return None
    distances = []
    for a, b in zip(*(row_blocks(dataset, rows) for rows in both), strict=True):
        factors = dataset.factors(a)
        factors[:, factor] = column[b]
        distances.append(_measured(distance, dataset.images(a), render(factors)))
    return np.concatenate(distances)


def _measured(distance: Distance, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distances of two stacks of uint8 images [N]; a person's own function may be none."""
    try:
        distances = np.asarray(distance(_unit(a), _unit(b)))
    except UsageError:
        raise
    except Exception as error:
        rule = "a distance takes two stacks of images [N, C, H, W], float32 in [0, 1], and returns [N] numbers"
        raise UsageError(sentence(rule, f"{failure(error)}", "try it on two arrays of zeros")) from error
    require(distances.shape == (len(a),), f"a distance must return one number per pair ({len(a)},)", distances.shape)
    require(distances.dtype.kind in "fiu", "a distance must return real numbers", distances.dtype)
    return distances.astype(np.float64)


def _unit(images: np.ndarray) -> np.ndarray:
    """uint8 -> float32 in [0, 1]."""
    return images.astype(np.float32) / np.float32(255)
