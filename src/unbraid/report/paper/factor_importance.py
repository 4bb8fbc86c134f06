"""How far each factor of a dataset moves its images."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core.values import Count, Seed
from unbraid.data import GroundTruthDataset
from unbraid.figures.factor_importance import factor_importance as draw
from unbraid.report.paper._distances import measured_distances

__all__ = ["factor_importance"]


def factor_importance(
    dataset: GroundTruthDataset, *, pairs: Count = 20_000, distance: str = "mse", seed: Seed = 0
) -> Figure:
    """Mean distance of images that differ in one factor alone, the largest on top.

    Args:
        dataset: with factors.
        pairs: of images, for each factor.
        distance: mse, box_blur_mse, or package.module:function.
        seed: of the pairs.
    """
    measured, xlabel = measured_distances(dataset, pairs, distance, seed)
    return draw(measured.along, measured.random, xlabel=xlabel)
