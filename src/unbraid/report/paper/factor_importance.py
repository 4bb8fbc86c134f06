"""How far each factor of a dataset moves its images."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core import rng
from unbraid.core.values import Count, Seed
from unbraid.data import GroundTruthDataset, distance_named, factor_distances
from unbraid.figures.factor_importance import factor_importance as draw
from unbraid.report.dataset import XLABELS

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
    measured = factor_distances(dataset, rng(seed, purpose="pairs"), pairs=pairs, distance=distance_named(distance))
    return draw(measured.along, measured.random, xlabel=XLABELS.get(distance, distance))
