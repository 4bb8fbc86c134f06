"""How far each factor moves the images on average."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from unbraid.core import require
from unbraid.figures._style import COLUMN, INK, PALETTE, QUIET, canvas, shortened, style_axes, styled

__all__ = ["factor_importance"]


@styled
def factor_importance(
    pairs: Mapping[str, np.ndarray], random: np.ndarray | None = None, *, xlabel: str = "mean distance of a pair"
) -> Figure:
    """Mean distance along each factor with its deviation, the largest on top: a VAE learns that factor first.

    Args:
        pairs: factor -> distances of pairs that differ in it alone [P].
        random: distances of random pairs [P]; their mean is a dashed line.
        xlabel: which distance.

    Source: Michlo et al., supplement, table 1.

    Example:
        >>> import numpy as np
        >>> figure = factor_importance({"near": np.array([1.0, 1.0]), "far": np.array([4.0, 6.0])})
        >>> [float(bar.get_width()) for bar in figure.axes[0].patches]  # from below, the largest on top
        [1.0, 5.0]
    """
    require(
        pairs and all(np.size(sample) for sample in pairs.values()),
        "factor_importance: each factor needs pairs",
        list(pairs),
    )
    ordered = sorted(pairs, key=lambda name: float(np.mean(pairs[name])))
    means = np.array([np.mean(pairs[name]) for name in ordered])
    deviations = np.array([np.std(pairs[name]) for name in ordered])
    figure, axes = canvas(width=COLUMN, height=0.7 + 0.28 * len(ordered))
    ax = axes[0, 0]
    places = np.arange(len(ordered))
    ax.barh(places, means, height=0.62, color=PALETTE[0])
    below = np.minimum(deviations, means)
    ax.errorbar(means, places, xerr=[below, deviations], fmt="none", ecolor=QUIET, elinewidth=1)
    if random is not None:
        middle = float(np.mean(random))
        ax.axvline(middle, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        ax.text(middle, len(ordered) - 0.45, "random pairs", fontsize=7.5, color=INK, ha="center", va="bottom")
    ax.set_yticks(places, shortened(ordered))
    ax.set(xlabel=xlabel, xlim=(0, None), ylim=(-0.6, len(ordered) - 0.4))
    style_axes(ax, grid="x")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    figure.numbers = [
        {"factor": name, "mean": float(mean), "deviation": float(deviation)}
        for name, mean, deviation in zip(ordered, means, deviations, strict=True)
    ][::-1]
    if random is not None:
        figure.numbers += [{"factor": "random pairs", "mean": middle, "deviation": float(np.std(random))}]
    return figure
