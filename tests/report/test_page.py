"""Pictures inside pages: exact where small, compact where not."""

import base64
import io

import numpy as np
from PIL import Image

from unbraid.report._page import image_uri, strip_uri


def decoded(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB"))


def test_a_small_picture_is_exact() -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[5:20, 10:30] = (200, 30, 90)
    uri = image_uri(pixels)
    assert uri.startswith("data:image/png;")
    np.testing.assert_array_equal(decoded(uri), pixels)


def test_a_large_one_is_made_compact() -> None:
    smooth = np.linspace(0, 255, 400)[:, None, None] * np.ones((1, 500, 3))
    pixels = np.clip(smooth + np.random.default_rng(0).normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    uri = image_uri(pixels)
    assert uri.startswith("data:image/webp;")
    assert len(uri) < 150_000
    assert np.abs(decoded(uri).astype(int) - pixels).mean() < 8


def test_a_strip_holds_its_images_side_by_side() -> None:
    images = np.zeros((3, 1, 32, 32), np.uint8)
    images[1] = 255
    pixels = decoded(strip_uri(images))
    assert pixels.shape == (96, 288, 3)
    assert pixels[:, 96:192].min() == 255
    assert pixels[:, :96].max() == 0
