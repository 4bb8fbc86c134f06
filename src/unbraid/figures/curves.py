"""How the loss and its terms went during training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from unbraid.core import require
from unbraid.figures._column import panels_beside
from unbraid.figures._style import COLUMN, PAGE, canvas, group_colour, style_axes, styled

__all__ = ["curves"]

MOST = 300
FEW = 10  # values that a line alone would hide
LONG = 30  # values of a term among which an outlier is one
NARROW = 1.7  # inches of the narrowest panel in a column of a paper


@styled
def curves(log: Mapping[str, np.ndarray], *, against: str = "step", columns: int = 2) -> Figure:
    """Loss terms over training, one panel per term; `kl/0`, `kl/1` … share a panel.

    Args:
        log: one array per column of the log, all equally long; NaN where a term was not logged.
        against: the column on the horizontal axis.
        columns: panels side by side.

    Example:
        >>> import numpy as np
        >>> step = np.arange(100)
        >>> figure = curves({"step": step, "reconstruction": 90 - 0.3 * step, "kl": 0.1 * step})
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['reconstruction', 'kl']
    """
    require(against in log, f"curves: the log must have a column '{against}'", sorted(log))
    panels: dict[str, list[str]] = {}
    for name in log:
        if name != against:
            panels.setdefault(name.partition("/")[0], []).append(name)
    require(panels, "curves: the log must have columns beside the step", sorted(log))
    columns = panels_beside(min(columns, len(panels)), NARROW)
    rows = -(-len(panels) // columns)
    figure, axes = canvas(rows, columns, width=COLUMN if columns == 1 else PAGE * 0.8, height=0.3 + 1.75 * rows)
    for ax, (title, names) in zip(axes.flat, panels.items(), strict=False):
        for number, name in enumerate(names):
            drawn = _curve(
                ax, np.asarray(log[against], float), np.asarray(log[name], float), name, group_colour(number)
            )
            figure.numbers += [{"term": name, against: x, "value": y, "running_mean": s} for x, y, s in drawn]
        _without_outliers(ax, [np.asarray(log[name], float) for name in names])
        ax.set_title(title.replace("_", " "))
        style_axes(ax, grid="y")
        if len(names) > 1:
            ax.legend(ncols=2)
    for ax in list(axes.flat)[len(panels) :]:
        ax.set_visible(False)
    for ax in list(axes.flat)[max(0, len(panels) - columns) : len(panels)]:  # the lowest of each column
        ax.set_xlabel(against)
    for ax in axes.flat:
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=(1, 2, 2.5, 5, 10)))
        ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    return figure


def _curve(ax: Axes, steps: np.ndarray, values: np.ndarray, name: str, hue: str) -> list[tuple[float, ...]]:
    """The values faintly, their running mean on top.

    Returns what it draws: steps, values and running means.
    """
    there = np.isfinite(values) & np.isfinite(steps)
    steps, values = steps[there], values[there]  # at most MOST points: a figure cannot show more
    thin = -(-len(values) // MOST)
    if thin > 1:
        steps, values = (part[: len(part) // thin * thin].reshape(-1, thin).mean(1) for part in (steps, values))
    if not len(values):
        return []
    window = max(1, len(values) // 40)
    padded = np.pad(values, (window // 2, window - 1 - window // 2), mode="edge")
    smooth = np.convolve(padded, np.ones(window) / window, mode="valid")
    if window > 1:
        ax.plot(steps, values, color=hue, alpha=0.22, linewidth=0.8)
    ax.plot(steps, smooth, color=hue, label=name.partition("/")[2] or name, marker="." if len(values) < FEW else "")
    return list(zip(steps.tolist(), values.tolist(), smooth.tolist(), strict=True))


def _without_outliers(ax: Axes, terms: list[np.ndarray]) -> None:
    """A scale that shows all terms, and of a long one all but the first outliers."""
    terms = [values[np.isfinite(values)] for values in terms]
    terms = [values for values in terms if len(values)]
    tops = [float(np.quantile(values, 0.97) if len(values) > LONG else values.max()) for values in terms]
    if not tops:
        return
    low, usual, high = min(float(values.min()) for values in terms), max(tops), max(float(v.max()) for v in terms)
    spread = usual - low
    if high > usual + spread:
        ax.set_ylim(low - 0.05 * spread, usual + 0.15 * spread)
