"""A score of a group of runs with its interval, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from unbraid.figures._style import PALETTE, PAPER, QUIET

__all__ = ["Estimate", "draw_estimate", "draw_floor", "estimate_rows"]


class Estimate(NamedTuple):
    """A group's score: the mean, its interval where there are enough runs, and the runs behind it.

    Of runs with two peaks neither mean nor interval says where they lie: `two_peaked` draws the runs alone.
    """

    mean: float
    low: float | None
    high: float | None
    runs: Sequence[float] | np.ndarray = ()
    two_peaked: bool = False


def draw_estimate(ax: Axes, row: int, estimate: Estimate | None, *, baseline: bool = False) -> None:
    """The runs faintly, the interval and the mean at height `row`; runs with two peaks alone; a dash without a mean.

    A baseline is drawn in the quiet colour, its mean hollow.
    """
    hue = QUIET if baseline else PALETTE[0]
    if estimate is None or np.isnan(estimate.mean):
        ax.text(0.02, row, "—", transform=ax.get_yaxis_transform(), va="center", color=QUIET)
        return
    if estimate.two_peaked:
        ax.plot(estimate.runs, np.full(len(estimate.runs), row), "o", color=hue, alpha=0.75, markersize=4.5)
        return
    ax.plot(estimate.runs, np.full(len(estimate.runs), row), "o", color=QUIET, alpha=0.55, markersize=3, zorder=1)
    if estimate.low is not None and estimate.high is not None:
        ax.plot([estimate.low, estimate.high], [row, row], color=hue, linewidth=2.2, zorder=2)
    face = PAPER if baseline else hue
    ax.plot([estimate.mean], [row], "o", color=hue, markerfacecolor=face, markersize=5.5, zorder=3)


def draw_floor(ax: Axes, row: int, floor: float | None) -> None:
    """A tick at height `row` where codes that know nothing would score."""
    if floor is not None and not np.isnan(floor):
        ax.plot([floor, floor], [row - 0.3, row + 0.3], color=PALETTE[1], linewidth=1.3, zorder=2)


def estimate_rows(score: str, group: str, estimate: Estimate | None, floor: float | None) -> list[dict[str, Any]]:
    """What is drawn of an estimate: its mean with interval and floor, then its single runs."""
    if estimate is None or np.isnan(estimate.mean):
        return []
    same = {"score": score, "group": group}
    ends = {"low": estimate.low, "high": estimate.high, "floor": floor}
    mean = [] if estimate.two_peaked else [{**same, "drawn": "mean", "value": float(estimate.mean), **ends}]
    return [*mean, *({**same, "drawn": "run", "value": float(value)} for value in estimate.runs)]
