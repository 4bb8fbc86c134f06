"""The images of a dataset as each factor changes."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.core.values import Count
from unbraid.data import GroundTruthDataset
from unbraid.figures.factor_walks import factor_walks as draw
from unbraid.report.dataset import walks_of

__all__ = ["factor_walks"]


def factor_walks(dataset: GroundTruthDataset, *, steps: Count = 10) -> Figure:
    """A row of images for each factor as it takes its levels, the others fixed.

    Args:
        dataset: with factors.
        steps: levels of a factor shown at most.
    """
    walks, values = walks_of(dataset, steps)
    require(walks, "factor_walks needs a factor that changes alone", f"none in {dataset.name}")
    return draw(walks, values)
