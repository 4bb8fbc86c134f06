"""Distances between images."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data._distances import box_blur, box_blur_mse, distance_named, mse


def test_box_blur_is_the_mean_over_the_box_with_zeros_outside():
    images = np.random.default_rng(0).random((2, 3, 7, 5))
    padded = np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2)))
    slow = np.stack([padded[..., i : i + 7, j : j + 5] for i in range(5) for j in range(5)]).mean(axis=0)
    np.testing.assert_allclose(box_blur(images, 2), slow, atol=1e-14)
    np.testing.assert_allclose(
        box_blur(images, 50), np.broadcast_to(images.sum((2, 3), keepdims=True), images.shape) / 101**2
    )
    np.testing.assert_allclose(box_blur(images, 0), images, atol=1e-14)
    np.testing.assert_allclose(box_blur(np.array([[1, 0, 0]], np.uint8), 1), [[1 / 9, 1 / 9, 0]])  # not rounded


def test_box_blur_distance_sees_how_far_things_moved():
    images = np.zeros((3, 1, 64, 64), np.float32)
    for row, left in enumerate((0, 10, 50)):
        images[row, 0, 20:28, left : left + 8] = 1
    a, b = images[[0, 0]], images[[1, 2]]
    near, far = mse(a, b)
    assert near == far
    near, far = box_blur_mse(a, b)
    assert far > 1.5 * near
    np.testing.assert_allclose(box_blur_mse(a, b, weight=0.0), mse(a, b))


def largest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(a - b).max(axis=(1, 2, 3))


def test_a_distance_is_found_by_its_name_or_its_place():
    assert distance_named("mse") is mse
    assert distance_named(f"{__name__}:largest") is largest


def test_mistakes_are_said_in_words():
    with pytest.raises(UsageError, match=r"distance .* must be one of: mse, box_blur_mse"):
        distance_named("msee")
    with pytest.raises(UsageError, match="radius must be at least 0"):
        box_blur(np.zeros((1, 1, 2, 2)), -1)
