"""Convex solids met by rays in closed form: how far along a ray its surface lies, and which way it faces there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

FAR = 1e9
Entry = tuple[np.ndarray, np.ndarray]  # distance [R], infinite where missed, and outward unit normal [R, 3]
Solid = Callable[[np.ndarray, np.ndarray], Entry]  # the rays' common origin [3] outside it, and directions [R, 3]


def polyhedron(normals: np.ndarray, offsets: np.ndarray) -> Solid:
    """The points with n . x <= d for all outward unit normals n [F, 3] and offsets d [F]."""

    def entry(origin: np.ndarray, directions: np.ndarray) -> Entry:
        slope = directions @ normals.T  # [R, F]
        slope[np.abs(slope) < 1e-12] = 1e-12
        along = (offsets - normals @ origin) / slope
        entering = np.where(slope < 0, along, -FAR)
        face = np.argmax(entering, axis=1)
        near, far = entering[np.arange(len(face)), face], np.where(slope > 0, along, FAR).min(axis=1)
        return np.where((near < far) & (near > 0), near, np.inf), normals[face]

    return entry


def prism(sides: int, radius: float, half: float) -> Solid:
    """An upright prism of regular base between -half and half; `radius` reaches to its sides' middles."""
    angle = 2 * np.pi * np.arange(sides) / sides
    level = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    return polyhedron(np.concatenate([level, UP_AND_DOWN]), np.append(np.full(sides, radius), [half, half]))


def pyramid(sides: int, radius: float, half: float) -> Solid:
    """An upright pyramid of regular base, from -half to its tip at half; of many sides, a cone."""
    angle = 2 * np.pi * np.arange(sides) / sides
    slant = np.hypot(2 * half, radius)
    level = 2 * half / slant
    normals = np.stack([level * np.cos(angle), level * np.sin(angle), np.full(sides, radius / slant)], axis=1)
    return polyhedron(
        np.concatenate([normals, UP_AND_DOWN[1:]]), np.append(np.full(sides, half * radius / slant), half)
    )


def ball(radius: float) -> Solid:
    """A ball about the origin."""

    def entry(origin: np.ndarray, directions: np.ndarray) -> Entry:
        ahead = -(directions @ origin)
        root = ahead**2 - origin @ origin + radius**2
        near = ahead - np.sqrt(np.maximum(root, 0))
        hit = (root > 0) & (near > 0)
        return np.where(hit, near, np.inf), (origin + near[:, None] * directions) / radius

    return entry


def cylinder(radius: float, half: float) -> Solid:
    """An upright cylinder about the origin, between -half and half."""

    def entry(origin: np.ndarray, directions: np.ndarray) -> Entry:
        level, steep = directions[:, :2], np.where(np.abs(directions[:, 2]) < 1e-12, 1e-12, directions[:, 2])
        a = np.maximum((level**2).sum(axis=1), 1e-24)
        b = level @ origin[:2] / a
        root = b**2 - (origin[:2] @ origin[:2] - radius**2) / a
        reach = np.sqrt(np.maximum(root, 0))
        middle, span = -origin[2] / steep, half / np.abs(steep)
        near = np.maximum(-b - reach, middle - span)
        hit = (root > 0) & (near < np.minimum(reach - b, middle + span)) & (near > 0)
        normals = (origin + near[:, None] * directions) / radius
        normals[:, 2] = 0
        ends = near == middle - span
        normals[ends] = UP_AND_DOWN[0] * -np.sign(steep[ends])[:, None]
        return np.where(hit, near, np.inf), normals

    return entry


UP_AND_DOWN = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
