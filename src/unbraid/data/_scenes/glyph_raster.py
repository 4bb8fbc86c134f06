"""Polygons turned, scaled and filled in whole numbers: the same pixels, to the bit, on every machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

UNIT = 256  # parts of a pixel, to which points are rounded
LINES = 16  # scan lines of a pixel; along a line coverage is exact
WHOLE = UNIT * LINES
TURN = 1 << 14
COSINES = {0: 16384, 15: 15826, 30: 14189, 45: 11585, 60: 8192, 75: 4240, 90: 0}  # degrees -> TURN cos, rounded


def turned(polygon: np.ndarray, centre: tuple[int, int], em: int, units: int, degrees: int) -> np.ndarray:
    """A polygon turned counter-clockwise about `centre` and scaled, y down from then on.

    Args:
        polygon: int64 [points, 2] in font units, y up.
        centre: the point that comes to lie at the origin, in font units.
        em: font units of an em.
        units: what an em becomes, in 1 / UNIT of a pixel.
        degrees: a multiple of 15 between -90 and 90.

    Returns:
        int64 [points, 2] in 1 / UNIT of a pixel, rounded half up.
    """
    cosine, sine = COSINES[abs(degrees)], COSINES[90 - abs(degrees)] * (1 if degrees >= 0 else -1)
    x, y = (polygon - np.array(centre)).T
    moved = np.stack([cosine * x - sine * y, -(sine * x + cosine * y)], axis=1)
    return (2 * units * moved + TURN * em) // (2 * TURN * em)


def filled(shapes: Sequence[Sequence[np.ndarray]], size: int) -> np.ndarray:
    """Shares of the pixels that each shape fills, all shapes at once.

    A point belongs to a shape when its polygons wind round it (nonzero winding). Across, coverage is exact to 1 / UNIT
    of a pixel; down, LINES scan lines through a pixel are counted.

    Args:
        shapes: polygons int64 [points, 2] (x right, y down) of each shape, in 1 / UNIT of a pixel from the top left;
            what lies outside the image is cut off.
        size: height and width in pixels.

    Returns:
        uint8 [shapes, size, size]: round(255 share).
    """
    line, x, step = _crossings(*_edges(shapes), size, len(shapes))
    pixel, across = np.divmod(np.clip(x, 0, size * UNIT), UNIT)
    change = np.zeros((len(shapes) * size, size + 2), np.int64)
    np.add.at(change, (line // LINES, pixel), step * (UNIT - across))
    np.add.at(change, (line // LINES, pixel + 1), step * across)
    covered = np.cumsum(change, axis=1)[:, :size]
    return ((2 * 255 * covered + WHOLE) // (2 * WHOLE)).astype(np.uint8).reshape(-1, size, size)


def _edges(shapes: Sequence[Sequence[np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each edge begins and ends [E, 2], and of which shape it is [E]."""
    polygons = [(number, polygon) for number, shape in enumerate(shapes) for polygon in shape]
    begins = np.concatenate([polygon for _, polygon in polygons])
    ends = np.concatenate([np.roll(polygon, -1, axis=0) for _, polygon in polygons])
    return begins, ends, np.repeat([number for number, _ in polygons], [len(polygon) for _, polygon in polygons])


def _crossings(
    begins: np.ndarray, ends: np.ndarray, shape: np.ndarray, size: int, shapes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where scan lines enter (+1) and leave (-1) a shape: line [C], counted over all shapes, x [C] and the sign [C]."""
    gap = UNIT // LINES
    down = ends[:, 1] > begins[:, 1]
    top, bottom = np.where(down[:, None], begins, ends), np.where(down[:, None], ends, begins)
    first, last = (np.clip(-((gap // 2 - y) // gap), 0, size * LINES) for y in (top[:, 1], bottom[:, 1]))
    count = np.maximum(last - first, 0)  # lines with top <= y < bottom
    edge = np.repeat(np.arange(len(top)), count)
    line = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    along = line * gap + gap // 2 - top[edge, 1]
    rise = bottom[edge] - top[edge]
    x = top[edge, 0] + along * rise[:, 0] // rise[:, 1]
    line = line + shape[edge] * size * LINES
    order = np.lexsort((x, line))
    turn = np.where(down, 1, -1)[edge][order]
    winding = np.cumsum(turn)  # closed polygons wind zero times in all, so every line begins at zero
    step = (winding != 0).astype(np.int64) - (winding - turn != 0)
    return line[order], x[order], step
