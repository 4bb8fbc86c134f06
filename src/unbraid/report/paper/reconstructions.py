"""Reconstructions of a run."""

from __future__ import annotations

from matplotlib.figure import Figure

from unbraid.core.values import Count
from unbraid.figures.reconstructions import reconstructions as draw
from unbraid.report.paper._given import needed
from unbraid.report.run._data import RunData
from unbraid.report.run._figures import reconstructed

__all__ = ["reconstructions"]


def reconstructions(run: RunData, *, limit: Count = 12, columns: Count = 12) -> Figure:
    """Images over their reconstructions, a row for each head of a layered model.

    Args:
        run: an evaluated run.
        limit: images shown at most.
        columns: images side by side at most.
    """
    originals = needed(run, "reconstructions", "figures/originals")
    needed(run, "reconstructions", "figures/reconstructions/0")
    return draw(originals, reconstructed(run), limit=limit, columns=columns)
