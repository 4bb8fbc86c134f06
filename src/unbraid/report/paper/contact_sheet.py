"""Images of a dataset."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core.values import Count
from unbraid.data import GroundTruthDataset
from unbraid.figures.contact_sheet import contact_sheet as draw
from unbraid.report.dataset import shown_rows

__all__ = ["contact_sheet"]


def contact_sheet(dataset: GroundTruthDataset, *, images: Count = 24, columns: Count = 12) -> Figure:
    """Images drawn from a dataset side by side.

    Args:
        dataset: with factors or without.
        images: shown at most.
        columns: images side by side at most.
    """
    return draw(dataset.images(shown_rows(dataset, images)), columns=columns)
