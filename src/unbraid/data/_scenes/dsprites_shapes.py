"""The three shapes of dSprites and its grid of factors: formulas fitted to the published images."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.data._scenes.raster import Inside, point_sampled

SIZE = 64
HALF_SIDE = 9.6  # pixels, square
SEMI_AXES = (12.77, 7.21)  # pixels, ellipse
HEART_WIDTH = 9.596  # pixels; 0.6 of the 16 in the classic heart curve
HEART_EVEN = (3.3165, 0.6635, -1.435)  # cos 2p, cos 4p, offset: 0.663 of the classic 5 and 1
HEART_ODD = (8.607, -1.3265)  # cos p, cos 3p: 0.663 of the classic 13 and 2

SPACE = FactorSpace(
    (
        Factor("shape", 3, "categorical", labels=("square", "ellipse", "heart")),
        Factor("scale", 6, values=tuple(np.linspace(0.5, 1, 6).tolist())),
        # both ends of the turn are levels: 0 and 39 are the same image, as in the published set
        Factor("orientation", 40, "circular", "radians", tuple(np.linspace(0, 2 * np.pi, 40).tolist()), (), 2 * np.pi),
        Factor("posX", 32, values=tuple(np.linspace(0, 1, 32).tolist())),
        Factor("posY", 32, values=tuple(np.linspace(0, 1, 32).tolist())),
    )
)


def in_square(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Whether points lie inside the square."""
    inside: np.ndarray = (np.abs(u) < HALF_SIDE) & (np.abs(w) < HALF_SIDE)
    return inside


def in_ellipse(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Whether points lie inside the ellipse."""
    inside: np.ndarray = (u / SEMI_AXES[0]) ** 2 + (w / SEMI_AXES[1]) ** 2 < 1
    return inside


def in_heart(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Whether points lie inside the heart, in closed form.

    The curve is u = 9.596 sin^3 p, w = E(p) - O(p) with even E and odd O under p -> pi - p. Those two values of
    p give the same u, so a point is inside when |w - E| < O at sin p = cbrt(|u| / 9.596).
    """
    sine_squared = np.cbrt(np.abs(u) / HEART_WIDTH) ** 2
    cosine_squared = 1 - np.minimum(sine_squared, 1)
    cosine = np.sqrt(cosine_squared)
    twice, fourth = 2 * cosine_squared - 1, 8 * cosine_squared * (cosine_squared - 1) + 1  # cos 2p, cos 4p
    even = HEART_EVEN[0] * twice + HEART_EVEN[1] * fourth + HEART_EVEN[2]
    odd = cosine * (HEART_ODD[0] + HEART_ODD[1] * (4 * cosine_squared - 3))
    inside: np.ndarray = np.abs(w - even) < odd
    return inside


SHAPES: tuple[tuple[Inside, float], ...] = (  # what is inside, and the radius that holds it
    (in_square, HALF_SIDE * 2**0.5),
    (in_ellipse, SEMI_AXES[0]),
    (in_heart, 11.3),
)


def masks(factors: np.ndarray) -> np.ndarray:
    """Levels of the full grid [N, 5] -> bool [N, 64, 64]."""
    values = SPACE.values(factors)
    masks = np.empty((len(factors), SIZE, SIZE), dtype=bool)
    for shape, (inside, reach) in enumerate(SHAPES):
        rows = np.flatnonzero(factors[:, 0] == shape)
        scale, angle, centre = values[rows, 1], values[rows, 2], 16 + 32 * values[rows, 3:]
        masks[rows] = point_sampled(inside, centre, angle, scale, reach=reach, size=SIZE)
    return masks
