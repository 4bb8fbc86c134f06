"""Scores of several groups of runs side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from unbraid.core import require
from unbraid.figures._column import column_width, panels_beside
from unbraid.figures._estimates import Estimate, draw_estimate, draw_floor, estimate_rows
from unbraid.figures._style import INK, PALETTE, QUIET, canvas, style_axes, styled, wrapped

__all__ = ["comparison"]

LETTER, PANEL, NARROW = 0.075, 2.3, 1.25  # inches: a letter of a name, a panel, and the narrowest in a column


@styled
def comparison(
    scores: Mapping[str, Mapping[str, Estimate]],
    *,
    floors: Mapping[str, Mapping[str, float]] | None = None,
    baselines: Collection[str] = (),
    columns: int = 3,
    longest: int = 48,
) -> Figure:
    """Means with intervals over the single runs, one panel per score, one row per group, beside floors and baselines.

    Args:
        scores: score -> group -> Estimate(mean, low, high, runs); a group may be missing from a score.
        floors: score -> group -> what codes that know nothing score there, drawn as a tick.
        baselines: groups that cost no training: below the others, in grey and hollow.
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
    groups.sort(key=lambda group: group in baselines)
    names = wrapped(groups, min(longest, int(0.42 * column_width(100.0) / LETTER)))
    margin = LETTER * max(len(line) for name in names for line in name.splitlines())
    step = 0.32 if any("\n" in name for name in names) else 0.23
    columns = panels_beside(min(columns, len(scores)), NARROW, margin)
    rows = -(-len(scores) // columns)
    height = rows * (0.65 + step * len(groups)) + 0.2 * bool(floors)
    figure, axes = canvas(rows, columns, width=margin + PANEL * columns, height=height, sharey=True)
    for ax, (title, estimates) in zip(axes.flat, scores.items(), strict=False):
        for row, group in enumerate(groups):
            floor = (floors or {}).get(title, {}).get(group)
            draw_floor(ax, row, floor)
            draw_estimate(ax, row, estimates.get(group), baseline=group in baselines)
            figure.numbers += estimate_rows(title, group, estimates.get(group), floor)
        _divide(ax, sum(group not in baselines for group in groups), len(groups))
        ax.set_title(title)
        style_axes(ax, grid="x")
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(4))
    axes[0, 0].set_yticks(range(len(groups)), names, linespacing=1.0)
    figure.get_layout_engine().set(wspace=0.06)  # type: ignore[union-attr,call-arg]
    axes[0, 0].set_ylim(len(groups) - 0.4, -0.6)
    for ax in list(axes.flat)[len(scores) :]:
        ax.set_visible(False)
    if floors:
        tick = Line2D([], [], color=PALETTE[1], linewidth=1.3, marker="|", linestyle="", markersize=8)
        figure.legend([tick], ["chance: the floor"], loc="outside upper left", labelcolor=INK, handlelength=0.8)
    return figure


def _divide(ax: Axes, methods: int, groups: int) -> None:
    """A line between methods and baselines, where there are both."""
    if 0 < methods < groups:
        ax.axhline(methods - 0.5, color=QUIET, linewidth=0.5, alpha=0.6)
