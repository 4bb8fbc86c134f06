"""Perceived distances between images: functions of two stacks of images that return one number per pair."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from unbraid.core import load_entry, require, require_known

Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]


def mse(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean squared difference over channels and pixels of images in [0, 1]: two [N, C, H, W] -> [N].

    Source: Michlo et al., supplement A: the distance of a VAE with a Gaussian likelihood.
    """
    difference = (a - b).reshape(len(a), -1)
    total = np.einsum("np,np->n", difference, difference).astype(np.float64)
    distances: np.ndarray = total / difference.shape[1]
    return distances


def box_blur_mse(a: np.ndarray, b: np.ndarray, *, radius: int = 31, weight: float = 3969.0) -> np.ndarray:
    """Squared difference plus `weight` times the squared difference after a box blur: two [N, C, H, W] -> [N].

        d = mean (a - b)^2 + weight * mean (K * (a - b))^2,   K the mean over (2 radius + 1)^2 pixels

    Args:
        a: images in [0, 1].
        b: images in [0, 1].
        radius: of the box in pixels, which is 2 radius + 1 wide; beyond the border the difference is zero.
        weight: of the blurred part; the default is 63^2.

    Source: Michlo et al., supplement, table 4: radius 31, weight 63^2 = 3969.
    """
    difference = a.astype(np.float64) - b
    blurred = box_blur(difference, radius)
    near, far = ((images**2).mean(axis=(1, 2, 3)) for images in (difference, blurred))
    distances: np.ndarray = near + weight * far
    return distances


def box_blur(images: np.ndarray, radius: int) -> np.ndarray:
    """Mean over the (2 radius + 1)^2 box around each pixel [..., H, W], zero outside; its cost is radius-free."""
    from scipy.ndimage import uniform_filter1d

    require(radius >= 0, "radius must be at least 0 pixels", radius)
    for axis in (-2, -1):
        images = uniform_filter1d(images, 2 * radius + 1, axis=axis, output=np.float64, mode="constant")
    return images


DISTANCES: dict[str, Distance] = {"mse": mse, "box_blur_mse": box_blur_mse}


def distance_named(name: str) -> Distance:
    """`mse`, `box_blur_mse`, or your own function as `package.module:function`.

    Your function takes two float32 arrays [N, C, H, W] in [0, 1] and returns [N] numbers.
    """
    if ":" in name:
        return load_entry("data", name)
    require_known(name, DISTANCES, "distance (or 'package.module:function')")
    return DISTANCES[name]
