"""A robot arm that holds an object over a platform: how strongly object, background and white enter every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from unbraid.data._scenes.raycast import Camera, unit
from unbraid.data._scenes.solids import Solid, ball, cylinder, prism, pyramid

SIZE = 64  # pixels along each side
SAMPLES = 2  # rays along each side of a pixel
RAYS = SIZE * SAMPLES
OBJECT, BACKGROUND, WHITE = range(3)  # layers
CAMERAS, HORIZONTAL, VERTICAL, SHAPES, SIZES = 3, 40, 40, 6, 2
ELEVATIONS = np.radians([45.0, 28.0, 11.0])  # of the camera: top, centre, bottom
AZIMUTHS = np.linspace(-80, 80, HORIZONTAL)  # of the arm in degrees, 0 towards the camera
TILTS = np.linspace(0, 60, VERTICAL)  # of the arm in degrees above the level
DISTANCE, FIELD, TARGET = 4.6, np.radians(34), np.array([0.0, 0.0, 0.45])
SHOULDER, LENGTH = np.array([0.0, 0.0, 0.36]), 0.85
RADII = (0.14, 0.21)  # of the object: small, large
PLATFORM = 1.05  # radius; beyond it the ground has the background's colour
LAMP = unit(np.array([-0.45, -0.65, 0.9]))
AMBIENT, DIFFUSE, GLOSS = 0.36, 0.58, 0.06  # add up to one: no layer can overflow
STEEL, JOINT, GROUND, PAINT = 0.66, 0.32, 0.26, 0.54  # albedos


def solid(shape: int, radius: float) -> Solid:
    """The object upright about the origin: cone, cube, cylinder, hexagonal prism, pyramid or sphere."""
    r = radius
    return (
        pyramid(32, 0.9 * r, 0.9 * r),  # a cone: 32 sides lie within 1/200 of its radius
        prism(4, 0.75 * r, 0.75 * r),
        cylinder(0.72 * r, 0.85 * r),
        prism(6, 0.85 * r, 0.6 * r),
        pyramid(4, 0.8 * r, 0.9 * r),
        ball(0.95 * r),
    )[shape]


@dataclass(frozen=True)
class View:
    """What one camera sees of the ground.

    Args:
        camera: where it stands.
        directions: unit vectors through the samples [RAYS, RAYS, 3].
        layers: float64 [3, RAYS, RAYS].
    """

    camera: Camera
    directions: np.ndarray
    layers: np.ndarray

    def window(self, *spheres: tuple[np.ndarray, float]) -> tuple[slice, slice]:
        """Rows and columns of samples that hold these spheres and all that lies between them, by whole pixels."""
        scale, boxes = RAYS / (2 * np.tan(FIELD / 2)), []
        for centre, radius in spheres:
            x, y, back = self.camera.axes @ (centre - self.camera.position)
            reach = scale * radius / (-back - radius) + 1
            boxes.append((RAYS / 2 - scale * y / -back, RAYS / 2 + scale * x / -back, reach))
        return tuple(  # type: ignore[return-value]
            slice(
                max(0, SAMPLES * int(min(box[axis] - box[2] for box in boxes) // SAMPLES)),
                min(RAYS, SAMPLES * int(max(box[axis] + box[2] for box in boxes) // SAMPLES + 1)),
            )
            for axis in (0, 1)
        )


@lru_cache(maxsize=CAMERAS)
def view(camera: int) -> View:
    """The ground under one camera, the platform grey and what lies beyond in the background's colour."""
    angle = ELEVATIONS[camera]
    eye = Camera.looking(TARGET + DISTANCE * np.array([0, -np.cos(angle), np.sin(angle)]), TARGET)
    directions = eye.rays(FIELD, RAYS).reshape(RAYS, RAYS, 3)
    with np.errstate(divide="ignore"):
        far = -eye.position[2] / directions[..., 2]
    away = np.where(
        far > 0, np.hypot(*(eye.position + far[..., None] * directions)[..., :2].transpose(2, 0, 1)), np.inf
    )
    fading = 1 / (1 + 0.05 * np.minimum(away, 6) ** 2)  # the lamp's light falls off to the sides
    layers = np.zeros((3, RAYS, RAYS))
    layers[BACKGROUND] = np.where(away > PLATFORM, PAINT * fading, 0)
    layers[WHITE] = np.where(away <= PLATFORM, GROUND * fading, 0)
    return View(eye, directions, layers)


@lru_cache(maxsize=8)  # geometries are drawn in order: those of one arm follow each other
def arm(camera: int, horizontal: int, vertical: int) -> tuple[np.ndarray, np.ndarray]:
    """The arm without an object: depth [RAYS, RAYS] and layers [3, RAYS, RAYS], both float64 and not to be changed."""
    seen, along, frame = view(camera), direction(horizontal, vertical), facing(horizontal)
    depth, layers = np.full((RAYS, RAYS), np.inf), seen.layers.copy()
    tip = SHOULDER + LENGTH * along
    tilted = np.stack([frame[0], np.cross(along, frame[0]), along])
    upright = np.eye(3)
    base = np.array([0.0, 0.0, SHOULDER[2] / 2])
    foot, head = SHOULDER * [1, 1, 0], SHOULDER
    parts = (
        (cylinder(0.15, base[2]), base, upright, JOINT, ((foot, 0.16), (head, 0.16))),
        (ball(0.17), SHOULDER, upright, STEEL, ((SHOULDER, 0.17),)),
        (cylinder(0.06, LENGTH / 2), (SHOULDER + tip) / 2, tilted, STEEL, ((SHOULDER, 0.07), (tip, 0.07))),
        (ball(0.09), tip, upright, JOINT, ((tip, 0.09),)),
    )
    for part, centre, axes, albedo, spheres in parts:
        rows, columns = seen.window(*spheres)
        near, matt, gloss = _met(seen, part, centre, axes, rows, columns)
        nearer = near < depth[rows, columns]
        depth[rows, columns][nearer] = near[nearer]
        layers[:, rows, columns][:, nearer] = 0
        layers[WHITE, rows, columns][nearer] = (albedo * matt + gloss)[nearer]
    return depth, layers


def geometry(camera: int, horizontal: int, vertical: int, shape: int, size: int) -> np.ndarray:
    """One geometry: everything but the two colours.

    Returns:
        uint8 [3, SIZE, SIZE]: how strongly, of 255, the colours of object and background and white enter each pixel;
        they add up to at most 255.
    """
    depth, layers = arm(camera, horizontal, vertical)
    seen, radius = view(camera), RADII[size]
    centre = SHOULDER + (LENGTH + 0.9 * radius) * direction(horizontal, vertical)
    rows, columns = seen.window((centre, 1.3 * radius))
    near, matt, gloss = _met(seen, solid(shape, radius), centre, facing(horizontal), rows, columns)
    nearer = near < depth[rows, columns]
    part = np.where(nearer, 0, layers[:, rows, columns])
    part[OBJECT][nearer], part[WHITE][nearer] = matt[nearer], gloss[nearer]
    small = _pixels(layers)
    small[:, rows.start // SAMPLES : rows.stop // SAMPLES, columns.start // SAMPLES : columns.stop // SAMPLES] = (
        _pixels(part)
    )
    levels = np.floor(255 * small + 0.5).astype(np.int64)
    levels[WHITE] = np.minimum(levels[WHITE], 255 - levels[OBJECT] - levels[BACKGROUND])
    return levels.astype(np.uint8)


def direction(horizontal: int, vertical: int) -> np.ndarray:
    """The unit vector along the arm."""
    azimuth, tilt = np.radians(AZIMUTHS[horizontal]), np.radians(TILTS[vertical])
    return np.array([np.cos(tilt) * np.sin(azimuth), -np.cos(tilt) * np.cos(azimuth), np.sin(tilt)])


def facing(horizontal: int) -> np.ndarray:
    """Axes of the object [3, 3], upright and turned with the arm: across the arm, away from the shoulder, up."""
    azimuth = np.radians(AZIMUTHS[horizontal])
    across, away = np.array([np.cos(azimuth), np.sin(azimuth), 0]), np.array([np.sin(azimuth), -np.cos(azimuth), 0])
    return np.stack([across, away, [0, 0, 1.0]])


def _met(
    seen: View, part: Solid, centre: np.ndarray, axes: np.ndarray, rows: slice, columns: slice
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far along each ray of a window a solid lies, and its matt and glossy light there, all [rows, columns]."""
    directions = seen.directions[rows, columns]
    rays = directions.reshape(-1, 3)
    near, local = part(axes @ (seen.camera.position - centre), rays @ axes.T)
    normals = local @ axes
    matt = AMBIENT + DIFFUSE * np.maximum(normals @ LAMP, 0)
    towards = np.maximum((normals * unit(LAMP - rays)).sum(axis=1), 0) ** 8
    shape = directions.shape[:2]
    return near.reshape(shape), matt.reshape(shape), (GLOSS * towards).reshape(shape)


def _pixels(layers: np.ndarray) -> np.ndarray:
    """Means over the samples of each pixel."""
    return 0.25 * (layers[:, ::2, ::2] + layers[:, ::2, 1::2] + layers[:, 1::2, ::2] + layers[:, 1::2, 1::2])
