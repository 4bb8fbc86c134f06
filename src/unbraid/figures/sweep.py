"""Scores against a hyperparameter."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from unbraid.figures._bands import Panels, band_panels
from unbraid.figures._style import styled

__all__ = ["sweep"]


@styled
def sweep(panels: Panels, parameter: str, *, logarithmic: bool = False, columns: int = 3) -> Figure:
    """Scores against a hyperparameter, one panel per score, one line with its band per group.

    Args:
        panels: score -> group -> Band(x, middle, low, high), x the hyperparameter's values.
        parameter: its name, for the horizontal axis.
        logarithmic: space the values by their ratio.
        columns: panels side by side.

    Example:
        >>> from unbraid.figures import Band
        >>> figure = sweep({"mig": {"β-VAE": Band([1, 2, 4], [0.1, 0.3, 0.2])}}, "β", logarithmic=True)
        >>> [label.get_text() for label in figure.axes[0].get_xticklabels()], figure.axes[0].get_xlabel()
        (['1', '2', '4'], 'β')
    """
    figure, axes = band_panels(panels, columns)
    for ax, bands in zip(axes, panels.values(), strict=True):
        ax.set_xlabel(parameter)
        values = sorted({float(value) for band in bands.values() for value in band.x})
        if logarithmic:
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter(ScalarFormatter())
            ax.xaxis.set_minor_formatter(NullFormatter())
        if len(values) <= 6:
            ax.set_xticks(values, [f"{value:g}" for value in values])
            ax.set_xticks([], minor=True)
    return figure
