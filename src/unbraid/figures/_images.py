"""Grids of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from unbraid.core import require
from unbraid.figures._style import QUIET, remove_lines

__all__ = ["as_bytes", "brightness", "image_grid", "show_images", "squared_error"]


def as_bytes(images: Any) -> np.ndarray:
    """Images as uint8: floats in [0, 1] as models give them are rounded, uint8 stay as they are.

    >>> as_bytes([0.0, 0.5, 1.0]).tolist()
    [0, 128, 255]
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    real = np.issubdtype(images.dtype, np.floating)
    within = real and bool(np.all((images >= 0) & (images <= 1)))
    came = f"{images.dtype} from {images.min()} to {images.max()}" if images.size else str(images.dtype)
    require(within, "images must be uint8, or floats in [0, 1]", came)
    return np.round(images * 255).astype(np.uint8)


def image_grid(images: np.ndarray, gap: int = 0, scale: int = 1) -> np.ndarray:
    """Images uint8 [R, S, C, H, W] as one RGBA grid, each followed by a transparent gap of `gap` pixels.

    One channel is shown as grey, two as red and green, three as colour; of more, the first three. `scale` repeats
    pixels, so that small images stay crisp when a page enlarges them.
    """
    images = np.asarray(images)
    rows, columns, channels, height, width = images.shape
    shown = np.repeat(images, 3, axis=2) if channels == 1 else images[:, :, :3]
    if channels == 2:
        shown = np.concatenate([shown, np.zeros_like(shown[:, :, :1])], axis=2)
    shown = shown.repeat(scale, axis=3).repeat(scale, axis=4)
    grid = np.zeros((rows, columns, 4, height * scale + gap, width * scale + gap), np.uint8)
    grid[:, :, :3, : height * scale, : width * scale] = shown
    grid[:, :, 3, : height * scale, : width * scale] = 255
    return grid.transpose(0, 3, 1, 4, 2).reshape(rows * (height * scale + gap), -1, 4)


def show_images(
    ax: Axes, images: np.ndarray, rows: Sequence[str] = (), columns: Sequence[str] = (), *, framed: int | None = None
) -> None:
    """Show images uint8 [R, S, C, H, W] as a grid whose cells are 1 by 1 in the axes' units, rows downwards.

    A hair line around each keeps light ones apart on light paper, and dark ones on dark paper; around the first
    `framed` ones where it is given.
    """
    down, across, _, height, width = images.shape
    scale = int(np.clip(np.sqrt(3e6 / (down * across * height * width)), 1, max(1, 96 // height)))
    gap = max(2, round(0.05 * scale * height))
    grid = image_grid(images, gap=gap, scale=scale)
    ax.imshow(grid, extent=(0, across, down, 0), aspect="auto", interpolation="none")
    _frame(
        ax,
        across,
        down * across if framed is None else framed,
        (height * scale / (height * scale + gap), width * scale / (width * scale + gap)),
    )
    ax.set_yticks(np.arange(len(rows)) + 0.48, rows)
    ax.set_xticks(np.arange(len(columns)) + 0.48, columns)
    remove_lines(ax)


def _frame(ax: Axes, across: int, count: int, size: tuple[float, float]) -> None:
    """A line around the first images of a grid, whose `size` is their height and width in the axes' units."""
    corners = np.array([[0, 0], [size[1], 0], [size[1], size[0]], [0, size[0]], [0, 0]])
    places = np.stack(np.divmod(np.arange(count), across)[::-1], axis=-1).reshape(-1, 1, 2)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(places)
    path = Path((places + corners).reshape(-1, 2), codes)
    ax.add_patch(PathPatch(path, facecolor="none", edgecolor=QUIET, linewidth=0.35, clip_on=False))


def brightness(image: np.ndarray) -> float:
    """Mean of a uint8 image in 0 .. 1.

    >>> brightness(np.array([0, 255], np.uint8))
    0.5
    """
    return float(np.mean(image)) / 255


def squared_error(image: np.ndarray, other: np.ndarray) -> float:
    """Squared difference of two uint8 images in 0 .. 1, a mean over pixels and channels.

    >>> squared_error(np.array([0, 255], np.uint8), np.array([0, 0], np.uint8))
    0.5
    """
    return float(np.mean(np.square((image.astype(float) - other.astype(float)) / 255)))
