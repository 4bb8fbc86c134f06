"""Scores of several groups of runs side by side."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from unbraid.core import require
from unbraid.figures._estimates import Estimate, draw_estimate
from unbraid.figures._style import canvas, shortened, style_axes, styled

__all__ = ["comparison"]


@styled
def comparison(scores: Mapping[str, Mapping[str, Estimate]], *, columns: int = 3, longest: int = 48) -> Figure:
    """Means with intervals over the single runs, one panel per score, one row per group.

    Args:
        scores: score -> group -> Estimate(mean, low, high, runs); a group may be missing from a score.
        columns: panels side by side.
        longest: characters of a group's name.

    Example:
        >>> from unbraid.figures import Estimate
        >>> scores = {"mig": {"VAE": Estimate(0.1, None, None), "β-VAE": Estimate(0.3, 0.2, 0.4, [0.25, 0.35])}}
        >>> [label.get_text() for label in comparison(scores).axes[0].get_yticklabels()]
        ['VAE', 'β-VAE']
    """
    require(scores and any(scores.values()), "comparison: scores must hold at least one group", list(scores))
    groups = list(dict.fromkeys(group for estimates in scores.values() for group in estimates))
    columns = min(columns, len(scores))
    rows = -(-len(scores) // columns)
    names = shortened(groups, longest)
    margin = 0.075 * max(map(len, names))
    figure, axes = canvas(
        rows, columns, width=margin + 2.3 * columns, height=rows * (0.65 + 0.23 * len(groups)), sharey=True
    )
    for ax, (title, estimates) in zip(axes.flat, scores.items(), strict=False):
        for row, group in enumerate(groups):
            draw_estimate(ax, row, estimates.get(group))
        ax.set_title(title)
        style_axes(ax, grid="x")
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(4))
    axes[0, 0].set_yticks(range(len(groups)), names)
    axes[0, 0].set_ylim(len(groups) - 0.4, -0.6)
    for ax in list(axes.flat)[len(scores) :]:
        ax.set_visible(False)
    return figure
