"""How far apart images lie along each factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from unbraid.core import require
from unbraid.figures._style import COLUMN, QUIET, canvas, group_colour, style_axes, styled

__all__ = ["distances"]


@styled
def distances(
    pairs: Mapping[str, np.ndarray], random: np.ndarray | None = None, *, xlabel: str = "distance of a pair of images"
) -> Figure:
    """Cumulative share of pairs within a distance, one line per factor: lines further right are learned first.

    Args:
        pairs: factor -> distances of pairs that differ in it alone [P].
        random: distances of random pairs [P], drawn in grey.
        xlabel: which distance.

    Source: Michlo et al., supplement, figure 1.

    Example:
        >>> import numpy as np
        >>> figure = distances({"near": np.array([0.0, 1.0, 2.0]), "far": np.array([5.0, 6.0, 7.0])})
        >>> [line.get_label() for line in figure.axes[0].lines]  # the largest mean first
        ['far', 'near']
    """
    require(
        pairs and all(np.size(sample) for sample in pairs.values()), "distances: each factor needs pairs", list(pairs)
    )
    figure, axes = canvas(width=COLUMN, height=3.0)
    ax = axes[0, 0]
    by_mean = sorted(pairs, key=lambda name: -float(np.mean(pairs[name])))
    if random is not None:
        figure.numbers += _steps(ax, random, "random pairs", QUIET, (0, (4, 3)))
    for number, name in enumerate(by_mean):
        figure.numbers += _steps(ax, pairs[name], name, group_colour(number), "-")
    ax.set(xlabel=xlabel, ylabel="share of pairs", ylim=(0, 1.02), xlim=(0, None))
    style_axes(ax, grid="y")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.legend(loc="lower right")
    return figure


def _steps(ax: Axes, values: np.ndarray, name: str, hue: str, line: Any) -> list[dict[str, Any]]:
    """The cumulative distribution at 200 places at most, and its numbers."""
    share = np.linspace(0, 1, min(200, np.size(values)))
    reached = np.quantile(np.asarray(values, float), share)
    ax.plot(reached, share, color=hue, label=name, linestyle=line)
    return [{"factor": name, "distance": float(d), "share": float(s)} for d, s in zip(reached, share, strict=True)]
