"""Scores of several groups of runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from unbraid.core import require
from unbraid.figures._style import PALETTE, QUIET, canvas, plain, short, styled

__all__ = ["comparison"]


class Estimate(NamedTuple):
    """A group's score: the mean, its interval where there are enough runs, and the runs behind it."""

    mean: float
    low: float | None
    high: float | None
    runs: Sequence[float] | np.ndarray = ()


@styled
def comparison(scores: Mapping[str, Mapping[str, Estimate]], *, columns: int = 3, longest: int = 48) -> Figure:
    """Means with intervals over the single runs, one panel per score, one row per group.

    Args:
        scores: score -> group -> Estimate(mean, low, high, runs); a group may be missing from a score.
        columns: panels side by side.
        longest: characters of a group's name.
    """
    require(scores and any(scores.values()), "comparison: scores must hold at least one group", list(scores))
    groups = list(dict.fromkeys(group for found in scores.values() for group in found))
    columns = min(columns, len(scores))
    rows = -(-len(scores) // columns)
    names = short(groups, longest)
    wide = 0.075 * max(map(len, names))
    figure, axes = canvas(
        rows, columns, width=wide + 2.3 * columns, height=rows * (0.65 + 0.23 * len(groups)), sharey=True
    )
    for ax, (title, found) in zip(axes.flat, scores.items(), strict=False):
        for row, group in enumerate(groups):
            _estimate(ax, row, found.get(group))
        ax.set_title(title)
        plain(ax, grid="x")
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(4))
    axes[0, 0].set_yticks(range(len(groups)), names)
    axes[0, 0].set_ylim(len(groups) - 0.4, -0.6)
    for ax in list(axes.flat)[len(scores) :]:
        ax.set_visible(False)
    return figure


def _estimate(ax: Axes, row: int, estimate: Estimate | None) -> None:
    """The runs faintly, the interval, the mean; a dash where there is none."""
    if estimate is None or np.isnan(estimate.mean):
        ax.text(0.02, row, "—", transform=ax.get_yaxis_transform(), va="center", color=QUIET)
        return
    ax.plot(estimate.runs, np.full(len(estimate.runs), row), "o", color=QUIET, alpha=0.55, markersize=3, zorder=1)
    if estimate.low is not None and estimate.high is not None:
        ax.plot([estimate.low, estimate.high], [row, row], color=PALETTE[0], linewidth=2.2, zorder=2)
    ax.plot([estimate.mean], [row], "o", color=PALETTE[0], markersize=5.5, zorder=3)
