"""Images as people have them: arrays, tensors, pictures or paths, brought into the form that models take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from unbraid.core import UsageError, require
from unbraid.data._files.own_pictures import fitted, read_picture
from unbraid.data._files.pictures import pixels_of

Shape = tuple[int, int, int]
TOLERANCE = 1e-4  # floats this far outside [0, 1] come from arithmetic, others from another scale


def as_images(images: Any, shape: Shape) -> Tensor:
    """Images [N, C, H, W] as float32 in [0, 1], on the CPU.

    Args:
        images: uint8 in 0 .. 255 or floats in [0, 1], as array or tensor [N, C, H, W], [C, H, W], or [N, H, W] and
            [H, W] where C is 1; or one PIL picture or path, or a list of them.
        shape: the (channels, height, width) that is wanted.

    Raises:
        UsageError: another shape, number of channels, type or range; a path that is no picture.
    """
    pixels = _pixels(images, shape)
    pixels = pixels[None] if pixels.ndim == 3 and pixels.shape == shape else pixels
    if shape[0] == 1 and pixels.shape[-2:] == shape[1:] and pixels.ndim in (2, 3):
        pixels = pixels.reshape(-1, *shape)
    _require_shape(tuple(pixels.shape), shape)
    if pixels.dtype == torch.uint8:
        return pixels.to(torch.float32) / 255.0
    require(
        pixels.is_floating_point() or pixels.dtype == torch.bool,
        "images must be uint8 in 0 .. 255 or floats in [0, 1]",
        str(pixels.dtype).removeprefix("torch."),
        "convert them: images.astype('uint8') where they lie in 0 .. 255",
    )
    pixels = pixels.to(torch.float32)
    require(bool(torch.isfinite(pixels).all()), "images must be finite", "NaN or infinity", "repair those images")
    low, high = (float(end) for end in torch.aminmax(pixels)) if pixels.numel() else (0.0, 0.0)
    require(
        low >= -TOLERANCE and high <= 1 + TOLERANCE,
        "images of floats must lie in [0, 1]",
        f"{low:.4g} to {high:.4g}",
        "divide by 255, or give them as uint8" if high > 2 else "scale them; standardisation is done here",
    )
    return pixels.clamp(0.0, 1.0)


def _require_shape(given: tuple[int, ...], shape: Shape) -> None:
    """Refuse other shapes, saying what is likely meant."""
    channels, height, width = shape
    if len(given) == 4 and given[1:] == shape:
        return
    hint = ""
    if len(given) in (3, 4) and given[-3:] == (height, width, channels):
        hint = "move the channels in front: images.transpose(0, 3, 1, 2)" if len(given) == 4 else "transpose(2, 0, 1)"
    elif len(given) == 4 and given[2:] == (height, width):
        hint = f"give {channels} channel{'s' if channels > 1 else ''}"
    elif len(given) >= 2:
        hint = f"resize them to {height}x{width}"
    raise UsageError(f"images must have shape [N, {channels}, {height}, {width}]; got {list(given)}; {hint}.")


def _pixels(images: Any, shape: Shape) -> Tensor:
    """A tensor of whatever was given, pictures and paths read and fitted to `shape`."""
    if isinstance(images, Tensor):
        return images.detach().cpu()
    if _is_picture(images):
        images = [images]
    if isinstance(images, Sequence) and len(images) and all(_is_picture(image) for image in images):
        return torch.from_numpy(np.stack([_picture(image, shape) for image in images]))
    array = np.asarray([np.asarray(image) for image in images] if isinstance(images, (list, tuple)) else images)
    require(
        array.dtype.kind in "buif",
        "images must be arrays or tensors of numbers, PIL pictures, or paths",
        f"dtype {array.dtype}",
    )
    return torch.from_numpy(np.array(array))


def _is_picture(image: Any) -> bool:
    """Whether it is a path or a PIL picture."""
    return isinstance(image, (str, Path)) or hasattr(image, "getbbox")


def _picture(image: Any, shape: Shape) -> np.ndarray:
    """A picture as uint8 [C, H, W] of the wanted shape; its centre, resampled, where it has another one."""
    channels, height, width = shape
    require(channels in (1, 3), "pictures have 1 or 3 channels", f"a model of {channels}", "give arrays")
    if isinstance(image, (str, Path)):
        return read_picture(Path(image), channels == 1, (height, width))
    return pixels_of(fitted(image, (height, width)), channels == 1)
