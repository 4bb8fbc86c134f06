"""White ellipses on black, clean or with the quirks of the Osnabrück generator."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require, require_choice
from unbraid.core import rng as generator
from unbraid.core.values import Count, Pixels, Seed
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._rendered import RenderedDataset
from unbraid.data._scenes.raster import point_sampled

__all__ = ["ellipses"]

Order = Literal["grid", "walk"]
SCALES, ORIENTATIONS = 6, 40
POSITIONS, LEGACY_POSITIONS = 16, 32
LARGEST_STEPS = (2, 2, 1, 1)  # of the walk: x, y, scale, orientation


@remembered
def ellipses(
    *, order: Order = "grid", legacy: bool = False, size: Pixels = 64, rows: Count = 30_000, seed: Seed = 0
) -> GroundTruthDataset:
    """Ellipses: one white ellipse on black; position, scale and orientation (61,440 images).

    One channel, 0 or 255; factors posX 16, posY 16, scale 6, orientation 40, the last varying fastest. Scale k has
    the semi axes 0.03 S (k + 2) and half of it in an image of S pixels; the centre runs over 0.21 S .. 0.79 S
    whatever the scale; orientation k is k pi / 40, so no two levels coincide.

    Args:
        order: `grid` is every combination once; `walk` is a path in which all factors change a little with every
            row (x and y by 0 to 2 levels, scale and orientation by 0 or 1) and turn back at their ends.
        legacy: the formulas of the original generator: axes and centres cut to whole pixels, 32 positions of which
            the margin depends on the scale, x as the row, both ends of the half turn as levels. Its default size
            is 28, where the smallest scale has no pixel at all.
        size: height and width S in pixels.
        rows: length of the walk.
        seed: of the walk.

    Notes:
        Which axis of a legacy ellipse lies level at orientation 0 is not documented; here it is the longer one.

    Source: the Osnabrück study of beta-VAE, spatial broadcast decoder and hyperprior, Sec. "Dataset", and its
    public generator.

    Example:
        >>> data = ellipses(size=32)
        >>> dict(zip(data.space.names, data.space.sizes)), data.image_shape
        ({'posX': 16, 'posY': 16, 'scale': 6, 'orientation': 40}, (1, 32, 32))
    """
    require_choice(order, Order, "ellipses.order")
    require(isinstance(size, int) and size >= 8, "ellipses: size must be at least 8 pixels", size)
    require(isinstance(rows, int) and rows >= 1, "ellipses: rows must be at least 1", rows)
    space = _space(legacy)
    draw = _legacy_masks if legacy else _masks

    def render(factors: np.ndarray) -> np.ndarray:
        ones = draw(factors, space.values(factors), size).view(np.uint8)
        return np.negative(ones, out=ones)[:, None]  # 1 -> 255 modulo 256

    table = _walk(space, rows, seed) if order == "walk" else None
    source = "rendered here by the formulas of the original generator" if legacy else "rendered here, as defined"
    return RenderedDataset("ellipses", space, (1, size, size), render, source, table)


def _space(legacy: bool) -> FactorSpace:
    """Positions as fractions of their range, orientations in radians."""
    positions = LEGACY_POSITIONS if legacy else POSITIONS
    place = tuple(np.linspace(0, 1, positions).tolist())
    angle = tuple(np.linspace(0, np.pi, ORIENTATIONS, endpoint=legacy).tolist())
    return FactorSpace(
        (
            Factor("posX", positions, values=place),
            Factor("posY", positions, values=place),
            Factor("scale", SCALES, values=tuple(float(k + 2) for k in range(SCALES))),
            Factor("orientation", ORIENTATIONS, "circular", "radians", angle, (), np.pi),
        )
    )


def _masks(factors: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Clean ellipses [N, S, S]."""
    major, margin = 0.03 * size, 0.21 * size  # per unit of scale; the largest major semi axis

    def inside(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        return (u / major) ** 2 + (2 * w / major) ** 2 < 1

    centre = margin + (size - 2 * margin) * values[:, :2]
    return point_sampled(inside, centre, values[:, 3], values[:, 2], reach=major, size=size)


def _legacy_masks(factors: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Ellipses of the original generator [N, S, S]; pixel (i, j) is the point (i, j) itself."""
    scale = values[:, 2]
    minor, major = np.floor(0.015 * size * scale), np.floor(0.03 * size * scale)  # [N], whole pixels
    # 39 in place of 31, the last position, is the original's: only 31/39 of the range is used
    row, column = np.floor(factors[:, :2] / 39 * (size - 2 * major)[:, None] + major[:, None]).T
    pixels = np.arange(size, dtype=np.float64)
    y, x = (pixels - row[:, None])[:, :, None], (pixels - column[:, None])[:, None, :]
    cosine, sine = np.cos(values[:, 3])[:, None, None], np.sin(values[:, 3])[:, None, None]
    across, along = (y * cosine + x * sine) ** 2, (y * sine - x * cosine) ** 2
    # multiplied out, so that an axis of 0 pixels holds no point
    minor, major = (minor**2)[:, None, None], (major**2)[:, None, None]
    inside: np.ndarray = across * major + along * minor < minor * major
    return inside


def _walk(space: FactorSpace, rows: int, seed: int) -> np.ndarray:
    """Levels [rows, K] of a path that turns back at the ends: sums of random steps, folded into 0 .. size - 1."""
    random, last = generator(seed, 0, "ellipses walk"), np.array(space.sizes) - 1
    start = random.integers(0, last + 1)
    steps = random.integers(0, np.array(LARGEST_STEPS) + 1, (rows - 1, len(last)))
    far = start + np.concatenate([np.zeros((1, len(last)), np.int64), steps.cumsum(axis=0)])
    levels: np.ndarray = last - np.abs(far % (2 * last) - last)
    return levels
