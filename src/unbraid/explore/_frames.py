"""Images and codes as they travel to the page, and as the files that are saved from it."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

SMALLEST = 256  # pixels along a saved image: enlarged by whole numbers until it has that many
MILLISECONDS = 110  # each frame of a GIF


def shown(images: np.ndarray) -> np.ndarray:
    """Images uint8 [N, C, H, W] as [N, H, W, 1 or 3]: of other numbers of channels the first one."""
    images = images if images.shape[1] in (1, 3) else images[:, :1]
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def picture_of(frame: np.ndarray) -> Image.Image:
    """A frame uint8 [H, W, 1 or 3] as a picture, grey or in colour."""
    return Image.fromarray(frame[:, :, 0] if frame.shape[2] == 1 else frame)


def packed(images: np.ndarray) -> dict[str, Any]:
    """Images uint8 [N, C, H, W] for JSON: how many, how large, and their bytes."""
    frames = shown(images)
    return {"count": len(frames), "shape": list(frames.shape[1:]), "data": base64.b64encode(frames.tobytes()).decode()}


def gif(images: np.ndarray) -> bytes:
    """Images uint8 [N, C, H, W] as an animated GIF that goes there and back, for ever."""
    frames = [_enlarged(frame) for frame in shown(images)]
    film, stream = frames + frames[-2:0:-1], io.BytesIO()
    film[0].save(stream, "gif", save_all=True, append_images=film[1:], duration=MILLISECONDS, loop=0)
    return stream.getvalue()


def npz(arrays: Mapping[str, Any]) -> bytes:
    """Named arrays of numbers as an npz; nothing in it is pickled."""
    stream = io.BytesIO()
    named: dict[str, Any] = {name: np.asarray(values, dtype=np.float32) for name, values in arrays.items()}
    np.savez(stream, **named)
    return stream.getvalue()


def _enlarged(frame: np.ndarray) -> Image.Image:
    """A frame [H, W, C] as a picture, each pixel a square."""
    picture = picture_of(frame)
    times = max(1, -(-SMALLEST // max(picture.size)))
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
