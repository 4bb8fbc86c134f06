"""How far apart the images of a dataset lie along each factor."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core.values import Count, Seed
from unbraid.data import GroundTruthDataset
from unbraid.figures.distances import distances as draw
from unbraid.report.paper._distances import measured_distances

__all__ = ["distances"]


def distances(dataset: GroundTruthDataset, *, pairs: Count = 20_000, distance: str = "mse", seed: Seed = 0) -> Figure:
    """Cumulative share of pairs of images within a distance, a line for each factor that alone differs.

    Args:
        dataset: with factors.
        pairs: of images, for each factor.
        distance: mse, box_blur_mse, or package.module:function.
        seed: of the pairs.
    """
    measured, xlabel = measured_distances(dataset, pairs, distance, seed)
    return draw(measured.along, measured.random, xlabel=xlabel)
