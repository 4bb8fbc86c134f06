"""Scores over the course of training."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from unbraid.figures._bands import Panels, band_panels
from unbraid.figures._style import styled

__all__ = ["progression"]


@styled
def progression(panels: Panels, *, columns: int = 3, against: str = "step") -> Figure:
    """Scores over training, one panel per score, one line with its band over seeds per objective.

    Args:
        panels: score -> objective -> Band(x, middle, low, high), x the steps.
        columns: panels side by side.
        against: what x counts.

    Source: Abdi et al. (2019), figures 7 and 8.

    Example:
        >>> from unbraid.figures import Band
        >>> figure = progression({"mig": {"VAE": Band([100, 200, 300], [0.0, 0.1, 0.2])}})
        >>> figure.axes[0].get_title(loc="left"), figure.axes[0].get_xlabel()
        ('mig', 'step')
    """
    figure, axes = band_panels(panels, columns)
    for ax in axes:
        ax.set_xlabel(against)
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=(1, 2, 2.5, 5, 10)))
        ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    return figure
