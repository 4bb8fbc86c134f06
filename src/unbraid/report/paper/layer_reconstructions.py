"""Reconstructions from each layer of layered runs."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.core.values import Count
from unbraid.report.layers._figures import image_figures
from unbraid.report.layers._runs import LayeredRun
from unbraid.report.paper._given import needed

__all__ = ["layer_reconstructions"]


def layer_reconstructions(layered: Sequence[LayeredRun], *, images: Count = 3) -> Figure:
    """Images over their reconstructions from each layer, a block for each β.

    Args:
        layered: evaluated runs of one dataset and one number of layers.
        images: in each block.
    """
    for run in layered:
        needed(run.files, "layer_reconstructions", "figures/originals")
    settings = list(dict.fromkeys((run.data, run.layers) for run in layered))
    came = "; ".join(f"{data}, {layers} layers" for data, layers in settings)
    rule = "layer_reconstructions shows runs of one dataset and one number of layers"
    require(len(settings) == 1, rule, came, "draw one file for each")
    ((_, drawn),) = image_figures(layered, images).values()
    return drawn
