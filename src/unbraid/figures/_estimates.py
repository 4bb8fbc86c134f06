"""A score of a group of runs with its interval, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from unbraid.figures._style import PALETTE, QUIET

__all__ = ["Estimate", "draw_estimate"]


class Estimate(NamedTuple):
    """A group's score: the mean, its interval where there are enough runs, and the runs behind it.

    Of runs with two peaks neither mean nor interval says where they lie: `two_peaked` draws the runs alone.
    """

    mean: float
    low: float | None
    high: float | None
    runs: Sequence[float] | np.ndarray = ()
    two_peaked: bool = False


def draw_estimate(ax: Axes, row: int, estimate: Estimate | None) -> None:
    """The runs faintly, the interval and the mean at height `row`; runs with two peaks alone; a dash without a mean."""
    if estimate is None or np.isnan(estimate.mean):
        ax.text(0.02, row, "—", transform=ax.get_yaxis_transform(), va="center", color=QUIET)
        return
    if estimate.two_peaked:
        ax.plot(estimate.runs, np.full(len(estimate.runs), row), "o", color=PALETTE[0], alpha=0.75, markersize=4.5)
        return
    ax.plot(estimate.runs, np.full(len(estimate.runs), row), "o", color=QUIET, alpha=0.55, markersize=3, zorder=1)
    if estimate.low is not None and estimate.high is not None:
        ax.plot([estimate.low, estimate.high], [row, row], color=PALETTE[0], linewidth=2.2, zorder=2)
    ax.plot([estimate.mean], [row], "o", color=PALETTE[0], markersize=5.5, zorder=3)
