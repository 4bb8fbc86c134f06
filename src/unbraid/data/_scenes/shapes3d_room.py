"""A room with one object, made to look like 3D Shapes: how strongly each colour enters every pixel."""

from __future__ import annotations

import numpy as np

from unbraid.data._scenes.raycast import (
    Camera,
    Solid,
    ball,
    capsule,
    rectangle_hit,
    rounded_box,
    rounded_cylinder,
    unit,
)

SIZE = 64  # pixels along each side
SAMPLES = 2  # rays along each side of a pixel
FLOOR, WALL, OBJECT, SKY, WHITE = range(5)  # layers of a map
SKY_RGB = (153, 226, 249)
FIELD = np.radians(60)
# All that follows was fitted to 25 published images. The unit of length is half the width of the original's room.
CAMERA_BACK, CAMERA_HEIGHT, PITCH = 0.312, 0.261, 0.04
OBJECT_AWAY = 0.33
LOW, HIGH = np.array([-1.0, -0.946, 0.0]), np.array([1.037, 0.946, 0.566])  # the room
EDGE = 0.01
SHAPES = (  # cube, cylinder, sphere, capsule: surface, half its height, radius of a sphere that holds it
    (rounded_box(0.115, EDGE), 0.115, 0.201),
    (rounded_cylinder(0.127, 0.13, EDGE), 0.13, 0.184),
    (ball(0.134), 0.134, 0.136),
    (capsule(0.097, 0.097), 0.194, 0.196),
)
LAMP, AIM, SPOT = np.array([0.265, 0.399, 1.938]), np.array([0.283, 0.381, 0.0]), 9.554
# of floor, wall, object
AMBIENT = np.array([0.428, 0.0, 0.565])
HEADLIGHT = np.array([0.006, 1.003, 0.329])
BEAM = np.array([0.82, 0.515, 0.944])
GLOSS, SHINE = 0.077, 1.0


def geometry(scale: float, shape: int, orientation: float) -> np.ndarray:
    """One map of the scene, for one object and one orientation of the camera (radians).

    The camera turns about the middle of the room; the object stands on its axis of view and keeps facing the walls.

    Returns:
        float32 [5, 64 * 64]: how strongly the colours of floor, wall and object, sky, and white enter each pixel.
    """
    forward = np.array([np.cos(orientation), np.sin(orientation), 0.0])
    position = np.array([0, 0, CAMERA_HEIGHT]) - CAMERA_BACK * forward
    camera = Camera.looking(position, position + np.cos(PITCH) * forward - [0, 0, np.sin(PITCH)])
    directions = camera.rays(FIELD, SAMPLES * SIZE)
    item = solid(scale, shape, OBJECT_AWAY * forward)
    material, depth, normal = _first_seen(position, directions, item)
    layers = np.zeros((5, len(directions)))
    layers[SKY, material == SKY] = 1
    seen = np.flatnonzero(material != SKY)
    points = position + depth[seen, None] * directions[seen]
    matt, glossy = _light(points, normal[seen], -directions[seen], material[seen], item)
    layers[material[seen], seen] = matt
    layers[WHITE, seen] = glossy * (material[seen] == OBJECT)
    blocks = layers.reshape(5, SIZE, SAMPLES, SIZE, SAMPLES)
    pixels: np.ndarray = blocks.mean(axis=(2, 4)).reshape(5, -1).astype(np.float32)
    return pixels


def solid(scale: float, shape: int, place: np.ndarray) -> Solid:
    """The object, standing on the floor at `place`."""
    surface, height, reach = SHAPES[shape]
    return Solid(surface, np.array([place[0], place[1], scale * height]), np.full(3, scale), reach)


def _first_seen(origin: np.ndarray, directions: np.ndarray, item: Solid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Material [R], distance [R] and unit normal [R, 3] of what each ray meets first."""
    depth = np.full(len(directions), np.inf)
    material = np.full(len(directions), SKY)
    normal = np.zeros_like(directions)
    walls = [(WALL, axis, at) for axis in (0, 1) for at in (LOW[axis], HIGH[axis])]
    for what, axis, at in ((FLOOR, 2, 0.0), *walls):
        far = rectangle_hit(origin, directions, axis, at, LOW, HIGH)
        seen = far < depth
        facing = np.eye(3)[axis] * np.sign(origin[axis] - at)
        depth[seen], material[seen], normal[seen] = far[seen], what, facing
    hit, far, facing = item.hit(origin, directions)
    seen = far < depth[hit]
    depth[hit[seen]], material[hit[seen]], normal[hit[seen]] = far[seen], OBJECT, facing[seen]
    return material, depth, normal


def _light(
    points: np.ndarray, normal: np.ndarray, view: np.ndarray, material: np.ndarray, item: Solid
) -> tuple[np.ndarray, np.ndarray]:
    """Matt and glossy light [R] at `points`: light from everywhere, from the camera, and from a lamp with a shadow."""
    to_lamp = unit(LAMP - points)
    beam = np.maximum(-(to_lamp @ unit(AIM - LAMP)), 0) ** SPOT
    floor = np.flatnonzero(material == FLOOR)
    beam[floor[item.hit(points[floor], to_lamp[floor])[0]]] = 0
    facing_lamp = beam * np.maximum((normal * to_lamp).sum(axis=1), 0)
    facing_camera = np.maximum((normal * view).sum(axis=1), 0)
    halfway = np.maximum((normal * unit(view + to_lamp)).sum(axis=1), 0)
    matt = AMBIENT[material] + HEADLIGHT[material] * facing_camera + BEAM[material] * facing_lamp
    return matt, GLOSS * beam * halfway**SHINE
