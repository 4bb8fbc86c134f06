"""How scores react to codes that are changed in one way at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._bands import Band, band_rows, draw_band
from unbraid.figures._column import column_width
from unbraid.figures._style import PALETTE, QUIET, canvas, style_axes, styled

__all__ = ["stress"]

LETTER, NARROW = 0.065, 0.55  # inches of a letter of the names, and of the narrowest small picture


@styled
def stress(
    table: Mapping[str, Mapping[str, Band]],
    *,
    above: Mapping[str, Mapping[str, Band]] | None = None,
    ideal: Mapping[str, str] | None = None,
    cell: float = 1.55,
) -> Figure:
    """Scores under growing stress as small multiples: one row a score, one column a stressor.

    Args:
        table: score -> stressor -> Band(x, middle, low, high), x how strong it is.
        above: the same scores above chance, drawn as a quiet broken line where they are known.
        ideal: stressor -> what a good score does under it, written below its name, such as "falls" or "stays".
        cell: inches of one small picture.

    Example:
        >>> from unbraid.figures import Band
        >>> line = Band([0.0, 0.5, 1.0], [1.0, 0.7, 0.2])
        >>> table = {"mig": {"noise": line, "rotation": line}, "sap": {"noise": line}}
        >>> figure = stress(table, ideal={"noise": "falls"})
        >>> len(figure.axes), figure.axes[0].get_title(loc="left")  # a row per score, a column per stressor
        (4, 'noise\\nfalls')
    """
    require(table and all(table.values()), "stress: table must hold a band for each score", list(table))
    stressors = list(dict.fromkeys(name for bands in table.values() for name in bands))
    count = (len(table), len(stressors))
    margin = max(1.1, 0.4 + LETTER * max(map(len, table)))  # the names of the scores stand on the left
    least = margin + NARROW * count[1]
    width = column_width(margin + cell * count[1])
    do = "take a wider column, or fewer stressors"
    require(width >= least, f"stress: {count[1]} stressors need {least:.1f} inches", f"{width:g}", do)
    figure, axes = canvas(*count, width=width, height=0.7 + 0.62 * cell * count[0], sharey="row")
    for row, (score, bands) in enumerate(table.items()):
        for column, stressor in enumerate(stressors):
            ax = axes[row, column]
            if stressor in bands:
                draw_band(ax, bands[stressor], PALETTE[0], marker="")
                figure.numbers += band_rows(bands[stressor], score=score, stressor=stressor, of="value")
                known = (above or {}).get(score, {}).get(stressor)
                _draw_above(ax, known)
                if known is not None:
                    figure.numbers += band_rows(
                        known._replace(low=None, high=None), score=score, stressor=stressor, of="above"
                    )
            else:
                ax.text(0.5, 0.5, "—", ha="center", va="center", transform=ax.transAxes, color=QUIET)
            style_axes(ax, grid="y")
            ax.tick_params(labelsize=7, labelbottom=row == count[0] - 1)
            if row == 0:
                ax.set_title(stressor + (f"\n{ideal[stressor]}" if ideal and stressor in ideal else ""), fontsize=8)
        axes[row, 0].set_ylabel(score, rotation=0, ha="right", va="center", fontsize=8)
        _unit_scale(axes[row], list(bands.values()))
    return figure


def _draw_above(ax: Axes, band: Band | None) -> None:
    """The middle of a score above chance."""
    if band is not None:
        ax.plot(np.asarray(band.x, float), np.asarray(band.middle, float), color=QUIET, linestyle="--", linewidth=0.9)


def _unit_scale(axes: np.ndarray, bands: list[Band]) -> None:
    """0 .. 1 where all values lie there."""
    values = np.concatenate([np.asarray(part, float) for band in bands for part in band[1:] if part is not None])
    values = values[np.isfinite(values)]
    if len(values) and values.min() >= -0.02 and values.max() <= 1.02:
        axes[0].set_ylim(-0.04, 1.04)
        axes[0].set_yticks([0, 0.5, 1])
