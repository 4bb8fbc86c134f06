"""The distances between images of a dataset along each factor, which several figures draw."""

from __future__ import annotations

from unbraid.core import rng
from unbraid.data import FactorDistances, GroundTruthDataset, distance_named, factor_distances
from unbraid.report.dataset import XLABELS

__all__ = ["measured_distances"]


def measured_distances(
    dataset: GroundTruthDataset, pairs: int, distance: str, seed: int
) -> tuple[FactorDistances, str]:
    """Distances of pairs of images, and what the axis that shows them is called."""
    measured = factor_distances(dataset, rng(seed, purpose="pairs"), pairs=pairs, distance=distance_named(distance))
    return measured, XLABELS.get(distance, distance)
