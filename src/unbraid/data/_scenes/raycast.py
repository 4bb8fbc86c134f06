"""Ray casting for the rendered rooms: a camera, axis-aligned rectangles, and solids that are convex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Surface = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
STEPS = 24  # Newton converges quadratically; grazing rays take the most
CLOSE = 1e-5  # of the solid's own size


@dataclass(frozen=True)
class Camera:
    """Where rays start and the axes of the image.

    Args:
        position: [3].
        axes: rows right, up, towards the viewer [3, 3], orthonormal.
    """

    position: np.ndarray
    axes: np.ndarray

    @classmethod
    def looking(cls, position: np.ndarray, target: np.ndarray) -> Camera:
        """A camera at `position` that looks at `target`, its image upright (z is up in the world)."""
        back = unit(position - target)
        right = unit(np.cross([0.0, 0.0, 1.0], back))
        return cls(position, np.stack([right, np.cross(back, right), back]))

    def rays(self, field: float, size: int) -> np.ndarray:
        """Unit directions [size * size, 3] through the pixel centres, row by row from the top left.

        Args:
            field: full field of view in radians, the same across and down.
            size: pixels along each side.
        """
        across = (2 * (np.arange(size) + 0.5) / size - 1) * np.tan(field / 2)
        x, y = np.meshgrid(across, -across)
        return unit(np.stack([x, y, -np.ones_like(x)], axis=-1).reshape(-1, 3) @ self.axes)


@dataclass(frozen=True)
class Solid:
    """A convex solid: a surface in its own coordinates, which are moved and scaled into the world.

    Args:
        surface: points [R, 3] -> (signed distance [R], its gradient [R, 3]), positive and exact outside.
        centre: [3].
        half: one scale per axis [3].
        reach: radius of a sphere about the surface's origin that holds it.
    """

    surface: Surface
    centre: np.ndarray
    half: np.ndarray
    reach: float

    def hit(self, origin: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First hits of rays from outside.

        The distance to a convex solid is convex along a ray, so Newton's steps from the ray's start come closer to
        the first hit without ever passing it, and a ray that begins to move away has missed.

        Args:
            origin: [3], or one per ray [R, 3].
            directions: unit vectors [R, 3].

        Returns:
            index of the rays that hit [H], how far along them [H], and unit normals [H, 3].
        """
        start = np.broadcast_to((origin - self.centre) / self.half, directions.shape)
        ahead = directions / self.half
        stretch = np.linalg.norm(ahead, axis=1)
        ahead = ahead / stretch[:, None]
        along = -(start * ahead).sum(axis=1)
        near = np.flatnonzero(((start + along[:, None] * ahead) ** 2).sum(axis=1) <= self.reach**2)
        travelled = np.maximum(along[near] - self.reach, 0.0)
        for _ in range(STEPS):
            distance, gradient = self.surface(start[near] + travelled[:, None] * ahead[near])
            approach = -(gradient * ahead[near]).sum(axis=1)
            stays = (approach > 0) | (distance <= CLOSE)
            near, travelled = near[stays], travelled[stays]
            distance, approach, gradient = distance[stays], approach[stays], gradient[stays]
            if np.all(distance <= CLOSE):
                break
            far = distance > CLOSE
            travelled[far] += distance[far] / approach[far]
        hit = distance <= CLOSE
        return near[hit], travelled[hit] / stretch[near[hit]], unit(gradient[hit] / self.half)


def rounded_box(half: float, radius: float) -> Surface:
    """A cube of half size `half` about the origin whose edges are rounded with `radius`."""

    def surface(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        over = np.abs(points) - (half - radius)
        outside = np.maximum(over, 0.0)
        length = np.sqrt((outside**2).sum(axis=1))
        gradient = np.sign(points) * outside / np.maximum(length, 1e-12)[:, None]
        return length + np.minimum(over.max(axis=1), 0.0) - radius, gradient

    return surface


def ball(radius: float) -> Surface:
    """A ball about the origin."""
    return capsule(radius, 0.0)


def capsule(radius: float, half: float) -> Surface:
    """An upright capsule about the origin: a ball of `radius` swept from -half to half."""

    def surface(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        away = points - np.clip(points, [0, 0, -half], [0, 0, half])  # from the axis
        length = np.linalg.norm(away, axis=1)
        return length - radius, away / np.maximum(length, 1e-12)[:, None]

    return surface


def rounded_cylinder(radius: float, half: float, edge: float) -> Surface:
    """An upright cylinder about the origin, of height 2 half; its rims are rounded with radius `edge`."""

    def surface(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        across = np.hypot(points[:, 0], points[:, 1])
        over = np.stack([across - (radius - edge), np.abs(points[:, 2]) - (half - edge)])
        outside = np.maximum(over, 0)
        length = np.hypot(*outside)
        share = outside / np.maximum(length, 1e-12)
        level = points[:, :2] * (share[0] / np.maximum(across, 1e-12))[:, None]
        gradient = np.column_stack([level, share[1] * np.sign(points[:, 2])])
        return length + np.minimum(over.max(axis=0), 0) - edge, gradient

    return surface


def rectangle_hit(
    origin: np.ndarray, directions: np.ndarray, axis: int, at: float, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """How far along each ray [R, 3] the plane `axis` = `at` lies, infinite where missed.

    The rectangle reaches from `low` to `high` [3] along the two other axes.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (at - origin[axis]) / directions[:, axis]
        points = origin + far[:, None] * directions
    others = [k for k in range(3) if k != axis]
    within = (points[:, others] >= low[others]) & (points[:, others] <= high[others])
    return np.where((far > 0) & within.all(axis=1), far, np.inf)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] at length one."""
    units: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return units


def hue_rgb(hues: np.ndarray) -> np.ndarray:
    """Fully saturated colours of hues [...], which turn with period 1, from red over green -> [..., 3] in [0, 1]."""
    sixths = np.mod(np.asarray(hues)[..., None] * 6 + np.array([0.0, 4.0, 2.0]), 6)
    colours: np.ndarray = np.clip(np.abs(sixths - 3) - 1, 0, 1)
    return colours
