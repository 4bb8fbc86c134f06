"""Boxhead: a box with four eyes in a room, rendered here."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np

from unbraid.core import FactorSpace, remembered, require, require_choice, rng
from unbraid.core.values import Seed
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._scenes.boxhead_factors import (
    VARIANTS,
    ZERO,
    VariantName,
    continuous_space,
    draw_levels,
    draw_values,
    factor_space,
)
from unbraid.data._scenes.boxhead_room import SIZE, compose, geometry

__all__ = ["boxhead", "render"]

Azimuth = Literal["all", "zero"]
ROWS_AT_ONCE = 256
HUES = [0, 1, 2, 5, 6, 7, 8]  # columns: wall, floor, box, four eyes
BOX_SIZE, AZIMUTH = 3, 4
RENDERED = "rendered here by a ray-caster fitted to the published images"


@remembered
def boxhead(
    *,
    variant: VariantName = "boxhead_07",
    azimuth: Azimuth = "all",
    continuous: bool = False,
    rows: int = 51_328,
    seed: Seed = 0,
) -> GroundTruthDataset:
    """Boxhead: a box with four eyes in a room; ten factors, five large and five small that depend on each other.

    3 x 64 x 64 pixels. The factors, numbered as in the thesis from 1: hue of wall, floor and box, size of the box,
    azimuth of the camera; hues of the eyes (bottom left, top left, bottom right, top right) and the hidden value
    around which they lie. The hidden value is not visible itself. Rows are draws, not a grid, and may repeat.

    Args:
        variant: `boxhead_07` (hidden value about the box hue with standard deviation 0.2, eyes within 0.1 of it),
            `boxheadsimple` or `boxheadsimple2` (hidden value independent, eyes about it with 0.1 or 0.2).
        azimuth: `all`, or `zero` for the rows whose camera stands straight in front (about a tenth of `rows`).
        continuous: draw the continuous distributions that the thesis writes, instead of the quantised ones that the
            generator and its published images have; factors then have no levels, and each image is cast anew.
        rows: how many rows are drawn; 51,328 is the published size.
        seed: of the draws.

    Raises:
        UsageError: an unknown `variant` or `azimuth`, no rows, or azimuth zero where it is continuous.

    Notes:
        Hues 0 and 1 are the same red, and both are levels, as in the original labels. The original generator
        did not keep its random state, so its very rows cannot be drawn again; `boxhead_files` reads published files.
        Against its mesh renderings the mean absolute error is 0.0011 of the range. A continuous image takes 5 ms.

    Source: Chen et al. (2021), "Boxhead: A Dataset for Learning Hierarchical Representations"; arXiv:2110.03628, and
    the Tartu thesis on layered VAEs (2022), section 2.3.

    Example:
        >>> data = boxhead(rows=1000)
        >>> len(data), data.complete, data.image_shape
        (1000, False, (3, 64, 64))
        >>> data.space.names[-1], data.space.sizes[-1]
        ('hidden', 210)
    """
    require_choice(variant, VariantName, "boxhead.variant")
    require_choice(azimuth, Azimuth, "boxhead.azimuth")
    require(isinstance(rows, int) and rows >= 1, "boxhead: rows must be a whole number of at least 1", rows)
    require(
        not (continuous and azimuth == "zero"),
        "boxhead: azimuth 'zero' picks one level, and continuous azimuths have none",
        "continuous=True",
        "leave one of the two out",
    )
    kind, draws = VARIANTS[variant], rng(seed, purpose=f"boxhead {variant}")
    if continuous:
        return ContinuousBoxhead(
            draw_values(kind, draws, rows), f"{variant}, {RENDERED}; factors as the thesis writes them"
        )
    table = draw_levels(kind, draws, rows)
    if azimuth == "zero":
        table = table[table[:, AZIMUTH] == ZERO]
        require(
            len(table), "boxhead: some of the rows must have azimuth zero (a tenth do)", f"rows={rows}", "raise rows"
        )
    return Boxhead(factor_space(kind), table, f"{variant}, {RENDERED}; factors drawn as the original generator does")


def render(values: np.ndarray) -> np.ndarray:
    """Images of any factor values, quantised or not.

    Args:
        values: [N, 9 or more]: hue of wall, floor and box in turns, size of the box 1 .. 1.25, azimuth in radians,
            four eye hues in turns; further columns are not looked at.

    Returns:
        uint8 [N, 3, 64, 64].
    """
    values = np.asarray(values, dtype=np.float64)
    images = np.empty((len(values), 3, SIZE, SIZE), dtype=np.uint8)
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = values[start : start + ROWS_AT_ONCE]
        pairs, which = np.unique(part[:, [AZIMUTH, BOX_SIZE]], axis=0, return_inverse=True)
        material, shade = _maps(pairs)
        images[start : start + ROWS_AT_ONCE] = compose(material[which], shade[which], part[:, HUES])
    return images


class Boxhead(GroundTruthDataset):
    """Rows of factor levels whose images are coloured on demand from one map per azimuth and box size."""

    def __init__(self, space: FactorSpace, table: np.ndarray, source: str) -> None:
        self.info = DatasetInfo("boxhead", (3, SIZE, SIZE), space, source=source, render=self._coloured)
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of rows [N] -> uint8 [N, 3, 64, 64]."""
        return self._coloured(self.factors(index))

    def _coloured(self, factors: np.ndarray) -> np.ndarray:
        """Colour the maps of any levels [N, 10], also of combinations that no row has -> uint8 [N, 3, 64, 64]."""
        material, shade = self._geometry
        which = factors[:, AZIMUTH] * self.space.sizes[BOX_SIZE] + factors[:, BOX_SIZE]
        hues = self.space.values(factors)[:, HUES]
        images = np.empty((len(factors), *self.image_shape), dtype=np.uint8)
        for start in range(0, len(factors), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            images[rows] = compose(material[which[rows]], shade[which[rows]], hues[rows])
        return images

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, 10]."""
        levels: np.ndarray = self._table[rows_within(index, len(self))]
        return levels

    @cached_property
    def _geometry(self) -> tuple[np.ndarray, np.ndarray]:
        """Maps of every azimuth and size, made when the first image is asked for (about a second)."""
        azimuths, sizes = self.space.factors[AZIMUTH].values, self.space.factors[BOX_SIZE].values
        return _maps(np.array([(azimuth, size) for azimuth in azimuths for size in sizes]))


class ContinuousBoxhead(GroundTruthDataset):
    """Rows of factor values, each image cast when it is asked for."""

    def __init__(self, table: np.ndarray, source: str) -> None:
        self.info = DatasetInfo("boxhead", (3, SIZE, SIZE), continuous_space(), source=source, render=render)
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of rows [N] -> uint8 [N, 3, 64, 64]."""
        return render(self.factors(index))

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Values of rows [N] -> float64 [N, 10]."""
        values: np.ndarray = self._table[rows_within(index, len(self))]
        return values


def _maps(pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Material uint8 [M, 64 * 64] and shade float32 [M, 3, 64 * 64] of (azimuth, size) pairs [M, 2]."""
    maps = [geometry(float(azimuth), float(size)) for azimuth, size in pairs]
    if not maps:
        return np.empty((0, SIZE * SIZE), np.uint8), np.empty((0, 3, SIZE * SIZE), np.float32)
    return np.stack([material for material, _ in maps]), np.stack([shade for _, shade in maps])
