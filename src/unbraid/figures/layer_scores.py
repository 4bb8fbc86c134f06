"""Scores over the layers of a layered model."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from unbraid.figures._bands import Panels, band_panels
from unbraid.figures._style import QUIET, group_colour, styled

__all__ = ["layer_scores"]


@styled
def layer_scores(
    panels: Panels,
    baselines: Mapping[str, Mapping[str, float]] | None = None,
    *,
    ylabel: str = "",
    columns: int = 4,
    shared: bool = True,
) -> Figure:
    """A score over the layers, one panel per β, one line per dataset, dashed lines for a one-layer model.

    Args:
        panels: β -> dataset -> Band(x, middle, low, high), x the layers' numbers from 1.
        baselines: β -> dataset -> the one-layer model's score.
        ylabel: the score's name.
        columns: panels side by side.
        shared: the same vertical scale everywhere.

    Source: Tartu thesis, figures 21, 23, 24, 29 - 35, 38 - 43.

    Example:
        >>> from unbraid.figures import Band
        >>> figure = layer_scores({"β = 1": {"boxhead_07": Band([0, 1, 2], [0.1, 0.3, 0.2])}}, ylabel="disentanglement")
        >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
        ['L0', 'L1', 'L2']
    """
    figure, axes = band_panels(panels, columns, cell=(2.5, 2.1), sharey=shared)
    groups = list(dict.fromkeys(group for bands in panels.values() for group in bands))
    for ax, (title, bands) in zip(axes, panels.items(), strict=True):
        for group, value in (baselines or {}).get(title, {}).items():
            hue = group_colour(groups.index(group)) if group in groups else QUIET
            ax.axhline(value, color=hue, linestyle=(0, (4, 3)), linewidth=1.1)
            figure.numbers += [{"panel": title, "line": group, "drawn": "one layer", "value": float(value)}]
        places = sorted({float(x) for band in bands.values() for x in band.x})
        ax.set_xticks(places, [f"L{place:g}" for place in places])
    for ax in axes:
        if ax.get_subplotspec().is_first_col():  # type: ignore[union-attr]
            ax.set_ylabel(ylabel)
    return figure
