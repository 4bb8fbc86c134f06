"""Images as each latent changes, largest KL first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._column import column_width
from unbraid.figures._images import as_bytes, brightness, show_images
from unbraid.figures._style import (
    INK,
    PALETTE,
    QUIET,
    axes_at,
    empty_figure,
    remove_lines,
    shortened,
    style_axes,
    styled,
)

__all__ = ["traversals"]

CELL, LABELS, HEAD, BAR = 0.56, 0.55, 0.3, 0.16  # inches: one image, names of latents, the values on top, one bar
KL, NARROW, VALUE = 1.05, 0.14, 0.3  # inches: the bars of KL, the smallest image, and a value above it
LETTER = 0.058  # inches of height that a letter of an upright factor name takes


@styled
def traversals(
    images: np.ndarray,
    values: np.ndarray,
    latents: np.ndarray | None = None,
    kl: np.ndarray | None = None,
    *,
    least_nats: float = 0.0,
    limit: int = 20,
    bars: Mapping[str, np.ndarray] | None = None,
    factors: Sequence[str] = (),
) -> Figure:
    """One row of images per latent as its value changes, sorted by KL, with bar charts of what it carries.

    Args:
        images: [n, S, C, H, W], uint8 or floats in [0, 1], a latent set to each of the values.
        values: the latent's values [S].
        latents: number of each row's latent [n]; 0 .. n - 1 when None.
        kl: mean KL of all latents in nats [D]; rows are sorted by it and it is drawn beside them.
        least_nats: latents below are left out (0.1 in the Tartu thesis).
        limit: latents shown at most.
        bars: bar charts beside each row, name -> numbers in 0 .. 1 [D, K], such as |Spearman|, R² and importance.
        factors: names of the K factors.

    Source: Tartu thesis, section 3.2.2 and figure 12.

    Example:
        >>> import numpy as np
        >>> images = np.zeros((3, 7, 1, 16, 16), np.uint8)  # three latents, seven values each
        >>> figure = traversals(images, np.linspace(-3, 3, 7), np.array([7, 2, 4]), kl=np.arange(8) / 10)
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]  # the largest KL first
        ['z7', 'z4', 'z2']
    """
    images, values, bars = as_bytes(images), np.asarray(values), dict(bars or {})
    require(
        images.ndim == 5 and images.shape[1] == len(values),
        f"traversals: images must be [latents, {len(values)}, C, H, W], one per value",
        f"shape {images.shape}",
    )
    latents = np.arange(len(images)) if latents is None else np.asarray(latents)
    require(
        len(latents) == len(images), f"traversals: latents must number {len(images)} rows", f"{len(latents)} numbers"
    )
    row = _rows(latents, kl, least_nats, limit)
    require(len(row) > 0, f"traversals: at least one latent must reach {least_nats} nats", do="lower least_nats")
    chart = max(0.9, BAR * len(factors))
    beside = LABELS + KL * (kl is not None) + (chart + 0.16) * len(bars)
    width = column_width(beside + len(values) * CELL)
    cell = (width - beside) / len(values)
    do = "take a wider column, or leave the bar charts out" if bars else "take a wider column, or fewer values"
    least = beside + len(values) * NARROW
    require(cell >= NARROW, f"traversals: {len(values)} values need {least:.1f} inches", f"{width:g}", do)
    rows, grid = len(row) * cell, (len(values) * cell, len(row) * cell)
    foot = 0.12 + LETTER * max((len(name) for name in shortened(factors)), default=0) if bars else 0.05
    figure = empty_figure(width, HEAD + rows + foot)
    ax = axes_at(figure, LABELS, HEAD, *grid)
    said, every = [f"{value:.3g}" for value in values], -(-VALUE // cell)
    show_images(
        ax, images[row], [f"z{d}" for d in latents[row]], [v if n % every == 0 else "" for n, v in enumerate(said)]
    )
    ax.xaxis.tick_top()
    left = LABELS + grid[0]
    if kl is not None:
        _kl_bars(axes_at(figure, left + 0.08, HEAD, KL - 0.25, rows), np.asarray(kl)[latents[row]])
        left += KL
    for name, table in bars.items():
        _factor_bars(axes_at(figure, left, HEAD, chart, rows), name, np.asarray(table)[latents[row]], factors)
        left += chart + 0.16
    figure.numbers = _numbers(images[row], values, latents[row], kl, bars, factors)
    return figure


def _numbers(
    images: np.ndarray,
    values: np.ndarray,
    latents: np.ndarray,
    kl: np.ndarray | None,
    bars: Mapping[str, np.ndarray],
    factors: Sequence[str],
) -> list[dict[str, Any]]:
    """A row for each image: its latent with KL and bars, the value, and the image's brightness."""
    rows = []
    for latent, walk in zip(latents.tolist(), images, strict=True):
        beside = {} if kl is None else {"kl": float(kl[latent])}
        for name, table in bars.items():
            beside |= {f"{name}: {factor}": float(table[latent][k]) for k, factor in enumerate(factors)}
        rows += [
            {"latent": f"z{latent}", "value": float(value), "brightness": brightness(image), **beside}
            for value, image in zip(values, walk, strict=True)
        ]
    return rows


def _rows(latents: np.ndarray, kl: np.ndarray | None, least_nats: float, limit: int) -> np.ndarray:
    """Rows of at least `least_nats`, largest KL first; all in their order where the KL is unknown."""
    if kl is None:
        return np.arange(len(latents))[:limit]
    nats = np.asarray(kl, dtype=float)[latents]
    order: np.ndarray = np.argsort(-nats, kind="stable")[: int((nats >= least_nats).sum())]
    return order[:limit]


def _kl_bars(ax: Axes, kl: np.ndarray) -> None:
    """A bar and its number for each row."""
    middle = np.arange(len(kl)) + 0.5
    largest = max(float(kl.max()), 1e-9)
    ax.barh(middle + 0.31, kl / largest, height=0.12, color=PALETTE[0])
    for y, nats in zip(middle, kl, strict=True):
        ax.text(0, y - 0.06, f"{nats:.2f}", fontsize=8, va="center")
    ax.set(xlim=(0, 1.05), ylim=(len(kl), 0), yticks=[], xticks=[])
    ax.set_title("KL, nats", fontsize=8, pad=4)
    remove_lines(ax)


def _factor_bars(ax: Axes, name: str, table: np.ndarray, factors: Sequence[str]) -> None:
    """Small bars over the factors for each row, the highest in colour."""
    count = table.shape[1]
    for row, heights in enumerate(np.clip(np.nan_to_num(np.abs(table)), 0, 1)):
        colours = [PALETTE[1] if k == int(heights.argmax()) else QUIET for k in range(count)]
        ax.bar(np.arange(count), -0.8 * heights, bottom=row + 0.92, width=0.76, color=colours)
        ax.axhline(row + 0.92, color=QUIET, linewidth=0.5)
    ax.set(xlim=(-0.6, count - 0.4), ylim=(len(table), 0), yticks=[])
    ax.set_title(name, fontsize=8, pad=4)
    style_axes(ax)
    ax.spines[:].set_visible(False)
    ax.set_xticks(np.arange(count), shortened(factors), rotation=90, fontsize=6.5, color=INK)
    ax.tick_params(length=0, labelsize=6.5)
