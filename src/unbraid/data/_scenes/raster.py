"""Shapes drawn by asking at each pixel centre whether it lies inside: no antialiasing, float64 throughout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Inside = Callable[[np.ndarray, np.ndarray], np.ndarray]
CHUNK = 128  # shapes drawn at once; their windows then stay in the processor's cache


def point_sampled(
    inside: Inside, centre: np.ndarray, angle: np.ndarray, scale: np.ndarray, *, reach: float, size: int
) -> np.ndarray:
    """Masks of one kind of shape, moved, turned and scaled.

    A pixel (column i, row j) has its centre at (i + 0.5, j + 0.5), x to the right and y down. In the shape's own
    coordinates that is

        u = (cos t (x - cx) - sin t (y - cy)) / s,   w = (sin t (x - cx) + cos t (y - cy)) / s

    so a growing angle t turns the shape counter-clockwise on the screen.

    Args:
        inside: `inside(u, w)` -> bool, elementwise; false wherever u^2 + w^2 > reach^2.
        centre: (cx, cy) in pixels [N, 2].
        angle: t in radians [N].
        scale: s [N], few distinct values.
        reach: radius of a circle about the origin that holds the shape at scale 1, in pixels.
        size: height and width of the image in pixels.

    Returns:
        bool [N, size, size].
    """
    masks = np.zeros((len(centre), size, size), dtype=bool)
    for value in np.unique(scale):
        rows = np.flatnonzero(scale == value)
        for start in range(0, len(rows), CHUNK):
            _draw(masks, rows[start : start + CHUNK], inside, centre, angle, float(value), reach)
    return masks


def _draw(
    masks: np.ndarray,
    rows: np.ndarray,
    inside: Inside,
    centre: np.ndarray,
    angle: np.ndarray,
    scale: float,
    reach: float,
) -> None:
    """Fill `masks[rows]`, looking only at a square window about each shape."""
    size = masks.shape[-1]
    window = min(size, int(np.ceil(2 * reach * scale)) + 1)
    corner = np.clip(np.floor(centre[rows] - reach * scale).astype(np.int64), 0, size - window)  # [n, 2]
    away = corner[:, :, None] + (np.arange(window) + 0.5) - centre[rows][:, :, None]  # [n, 2, window]
    x, y = away[:, 0, None, :], away[:, 1, :, None]
    cosine, sine = np.cos(angle[rows])[:, None, None], np.sin(angle[rows])[:, None, None]
    covered = inside((cosine * x - sine * y) / scale, (sine * x + cosine * y) / scale)  # [n, window, window]
    first = rows * size * size + corner[:, 1] * size + corner[:, 0]
    place = np.arange(window)[:, None] * size + np.arange(window)
    masks.reshape(-1)[first[:, None, None] + place] = covered
