"""The Boxhead scene: a box with four eyes in a room, as maps of material and shade, and images made from them."""

from __future__ import annotations

import numpy as np

from unbraid.data._scenes.raycast import Camera, Solid, hue_rgb, rectangle_hit, rounded_box, unit

SIZE = 64  # pixels along each side; one ray through each pixel centre, no antialiasing
SKY, WALL, FLOOR, HEAD = range(4)  # materials
EYES = (4, 5, 6, 7)  # as stored: bottom left, top left, …, top right
SKY_RGB = np.array([65, 105, 225], np.float32)  # "royalblue"
LOOKED_AT, FAR, POLAR = np.array([0.0, 0.0, 2.0]), 12.0, np.radians(89)
FIELD = np.radians(30)
LOW, HIGH = np.array([-12.0, -12.0, 0.0]), np.array([28.0, 12.0, 6.0])  # the room
BOX = rounded_box(1.003, 0.13)  # fitted to renderings of the original meshes, which have smooth normals
REACH = 1.75  # its corners lie within sqrt(3)
# (direction to the light in camera axes, colour times intensity): the lights move with the camera
LIGHTS = (
    ((0.0, 0.0, 1.0), 0.25 * np.array([1, 1, 1])),
    ((0.11162, 0.76604, 0.63302), 0.75 * np.array([1, 0.97255, 0.90196])),
    ((-0.04494, -0.96593, 0.25489), 0.25 * np.array([0.90980, 0.93333, 1])),
    ((0.93969, 0.0, -0.34202), 3 / 14 * np.array([1, 1, 1])),
    ((-0.93969, 0.0, -0.34202), 3 / 14 * np.array([1, 1, 1])),
)


def geometry(azimuth: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """What each pixel shows and how bright it is, for one camera angle (radians) and box size.

    Returns:
        material uint8 [64 * 64], and shade float32 [3, 64 * 64], which times the material's colour is the image.
    """
    tilted = np.array([np.cos(azimuth) * np.sin(POLAR), np.sin(azimuth) * np.sin(POLAR), np.cos(POLAR)])
    camera = Camera.looking(LOOKED_AT + FAR * tilted, LOOKED_AT)
    directions = camera.rays(FIELD, SIZE)
    depth = np.full(len(directions), np.inf)
    material = np.full(len(directions), SKY, dtype=np.uint8)
    normal = np.zeros_like(directions)
    for what, axis, at in ((FLOOR, 2, LOW[2]), (WALL, 0, LOW[0]), (WALL, 1, LOW[1]), (WALL, 1, HIGH[1])):
        far = rectangle_hit(camera.position, directions, axis, at, LOW, HIGH)
        seen = far < depth
        facing = np.eye(3)[axis] * np.sign(camera.position[axis] - at)
        depth[seen], material[seen], normal[seen] = far[seen], what, facing
    for what, solid in solids(scale):
        hit, far, facing = solid.hit(camera.position, directions)
        seen = far < depth[hit]
        depth[hit[seen]], material[hit[seen]], normal[hit[seen]] = far[seen], what, facing[seen]
    shade = shading(normal @ camera.axes.T)
    shade[material == SKY] = 1.0
    return material, np.ascontiguousarray(shade.T, dtype=np.float32)


def solids(scale: float) -> list[tuple[int, Solid]]:
    """Head and eyes; `scale` stretches them about the origin, so that the box keeps standing on the floor."""
    edge = 3 / 14  # half the width of an eye; the four touch
    made = [(HEAD, Solid(BOX, scale * np.array([0.0, 0.0, 1.0]), np.full(3, scale), REACH))]
    for what, (y, z) in zip(EYES, ((-edge, -edge), (-edge, edge), (edge, -edge), (edge, edge)), strict=True):
        centre, half = np.array([1 / 1.9, y, 1 + z]), np.array([0.5, edge, edge])
        made.append((what, Solid(BOX, scale * centre, scale * half, REACH)))
    return made


def shading(normals: np.ndarray) -> np.ndarray:
    """Light from matt surfaces: normals in camera axes [R, 3] -> RGB [R, 3], not clipped."""
    total = np.zeros_like(normals)
    for direction, colour in LIGHTS:
        total += np.maximum(normals @ unit(np.array(direction)), 0)[:, None] * colour
    return total


def compose(material: np.ndarray, shade: np.ndarray, hues: np.ndarray) -> np.ndarray:
    """Colour the maps.

    Args:
        material: uint8 [N, 64 * 64].
        shade: float32 [N, 3, 64 * 64].
        hues: wall, floor, box and four eyes, in turns [N, 7].

    Returns:
        uint8 [N, 3, 64, 64].
    """
    palette = np.empty((len(hues), 3, 8), dtype=np.float32)
    palette[:, :, SKY] = SKY_RGB
    palette[:, :, WALL:] = 255 * hue_rgb(hues).transpose(0, 2, 1)
    place = material + 8 * np.arange(len(hues))[:, None]
    images = np.empty((len(hues), 3, SIZE * SIZE), dtype=np.uint8)
    for channel in range(3):
        value = np.take(palette[:, channel], place)
        value *= shade[:, channel]
        value += 0.5
        images[:, channel] = np.minimum(value, 255, out=value)
    return images.reshape(-1, 3, SIZE, SIZE)
