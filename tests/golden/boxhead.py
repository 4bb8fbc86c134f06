"""Golden values of the rooms rendered in three dimensions, by family."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.data import load_dataset
from unbraid.data._scenes.raycast import hue_rgb
from unbraid.data.boxhead import render

COLUMNS = ("wall_hue", "floor_hue", "box_hue", "box_size", "azimuth")
OFF = 8  # of 255
NEAR = 0.01  # two random images are 0.24 apart, neighbouring orientations about 0.005


def boxhead(file: Path, entry: dict[str, Any]) -> str:
    """Against mesh renderings: mean absolute error below 0.002, at most 2 % of pixels off, no image above 0.005."""
    errors, off = boxhead_errors(file)
    bars = (("mean MAE", errors.mean(), 0.002), ("pixels off", off.mean(), 0.02), ("worst MAE", errors.max(), 0.005))
    return "; ".join(f"{what} {value:.5f} (bar {bar})" for what, value, bar in bars if not value < bar)


def boxhead_masked(file: Path, entry: dict[str, Any]) -> str:
    """Against published images where they could be recovered: mean error below 0.003, no image above 0.005."""
    errors, _ = boxhead_errors(file)
    bars = (("mean MAE", errors.mean(), 0.003), ("worst MAE", errors.max(), 0.005))
    return "; ".join(f"{what} {value:.5f} (bar {bar})" for what, value, bar in bars if not value < bar)


def boxhead_errors(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute error (of 1) and share of pixels with a channel more than 8/255 off, per image, inside `valid`."""
    with np.load(file, allow_pickle=False) as arrays:
        values = np.column_stack([*(arrays[name] for name in COLUMNS), arrays["eye_hues"]])
        theirs = arrays["images"].transpose(0, 3, 1, 2).astype(np.int64)
        valid = arrays["valid"] if "valid" in arrays else np.ones((len(theirs), *theirs.shape[2:]), bool)
    apart = np.abs(render(values) - theirs)
    pixels = valid.sum(axis=(1, 2))
    errors = (apart * valid[:, None]).sum(axis=(1, 2, 3)) / (3 * pixels) / 255
    return errors, ((apart.max(axis=1) > OFF) & valid).sum(axis=(1, 2)) / pixels


def shapes3d_unlabelled(file: Path, entry: dict[str, Any]) -> str:
    """Distance of published 3D Shapes to the nearest images of the stand-in: reported, and loosely bounded."""
    with np.load(file, allow_pickle=False) as arrays:
        nearest = shapes3d_distances(arrays["images"].transpose(0, 3, 1, 2))
    return "" if nearest.mean() < NEAR else f"mean squared error to the nearest image {nearest.mean():.4f} (bar {NEAR})"


def shapes3d_distances(images: np.ndarray) -> np.ndarray:
    """Mean squared error (of 1) between each real image [N, 3, 64, 64] and the nearest one found in the stand-in.

    Hues are read off the floor in front, the wall at the left and the object's foot; all views are compared.
    """
    world = load_dataset("shapes3d_like")
    views = np.stack(np.unravel_index(np.arange(480), world.space.sizes[3:]), axis=1)
    found = []
    for real in images:
        spots = real[:, 55:63, 2:12], real[:, 19:28, 8:14], real[:, 46:50, 30:33]
        hues = [_nearest_hue(spot.mean(axis=(1, 2))) for spot in spots]
        ours = world.images(world.space.index(np.column_stack([np.tile(hues, (480, 1)), views])))
        found.append((np.subtract(ours, real, dtype=np.float32) ** 2).mean(axis=(1, 2, 3)).min() / 255**2)
    return np.array(found)


def _nearest_hue(colour: np.ndarray) -> int:
    """Level of the hue whose direction in RGB is nearest."""
    palette = hue_rgb(np.arange(10) / 10)
    return int((palette @ colour / np.linalg.norm(palette, axis=1)).argmax())


CHECKS: dict[str, Callable[[Path, dict[str, Any]], str]] = {
    "boxhead": boxhead,
    "boxhead_masked": boxhead_masked,
    "shapes3d_unlabelled": shapes3d_unlabelled,
}
