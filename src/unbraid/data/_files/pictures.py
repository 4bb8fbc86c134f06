"""From a decoded picture to uint8 [C, H, W]: transparency, grey, square crops, resampling."""

from __future__ import annotations

import numpy as np
from PIL import Image

BILINEAR = Image.Resampling.BILINEAR  # antialiased when it makes smaller; Michlo et al., appendix B.4: bilinear


def pixels_of(picture: Image.Image, grey: bool) -> np.ndarray:
    """A picture of any mode as uint8 [1 or 3, H, W]; transparent ones are laid on white."""
    picture = opaque(picture)
    if picture.mode in ("I;16", "I"):  # 16-bit grey PNG
        deep = np.asarray(picture, dtype=np.int64)
        picture = Image.fromarray(np.clip(deep // 257, 0, 255).astype(np.uint8))
    pixels = np.asarray(picture.convert("L" if grey else "RGB"))
    return pixels[None] if grey else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def opaque(picture: Image.Image) -> Image.Image:
    """The picture laid on white if it has transparency, else itself."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def cropped(picture: Image.Image, resolution: int, side: int | None = None) -> Image.Image:
    """The centred square of `side` pixels (the largest when None) at `resolution`, bilinear."""
    width, height = picture.size
    side = min(width, height, side or max(width, height))
    left, top = (width - side) // 2, (height - side) // 2
    square = opaque(picture).crop((left, top, left + side, top + side))  # not resize(box=): that sees beyond the box
    return square.resize((resolution, resolution), BILINEAR)


def resampled(pixels: np.ndarray, resolution: int) -> np.ndarray:
    """uint8 [H, W] or [H, W, C] at `resolution`, bilinear as in the papers; unchanged when it has that size."""
    if pixels.shape[:2] == (resolution, resolution):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((resolution, resolution), BILINEAR))
