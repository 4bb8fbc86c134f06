"""From a picture's file to uint8 [C, H, W]: opened as PNG or JPEG and nothing else, then cropped and resampled."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from unbraid.core import UsageError

BILINEAR = Image.Resampling.BILINEAR  # antialiased when it makes smaller; Michlo et al., appendix B.4: bilinear
FORMATS = ("PNG", "JPEG")  # Pillow opens what a file is, whatever its name: PostScript would start Ghostscript


def opened(source: Path | BinaryIO) -> Image.Image:
    """A picture of one of `FORMATS`, its header read; anything else, and a bomb of pixels, raises; see `readable`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)  # above 90 megapixels
        return Image.open(source, formats=FORMATS)


@contextmanager
def readable_picture(what: str, name: object, do: str) -> Iterator[None]:
    """Turn whatever a damaged picture raises into a `UsageError` that names it; `what` is what it is called."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:  # decoders raise nearly anything
        reason = re.sub(r" *<[^>]* object at 0x[0-9a-f]+>", "", str(error))  # Pillow's name of what is in memory
        raise UsageError(f"every {what} must be readable; {name} is not ({reason}). {do}") from error


def pixels_of(picture: Image.Image, grey: bool) -> np.ndarray:
    """A picture of any mode as uint8 [1 or 3, H, W]; transparent ones are laid on white."""
    pixels = np.asarray(plain(picture).convert("L" if grey else "RGB"))
    return pixels[None] if grey else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def plain(picture: Image.Image) -> Image.Image:
    """The picture as grey or RGB of 8 bits: laid on white, its palette resolved, 16 bits divided by 257.

    Pillow resamples a palette or black and white by the nearest pixel only.
    """
    picture = opaque(picture)
    if picture.mode in ("I;16", "I;16L", "I;16B", "I"):  # 16-bit grey PNG
        deep = np.asarray(picture, dtype=np.int64)
        return Image.fromarray(np.clip(deep // 257, 0, 255).astype(np.uint8))
    return picture if picture.mode in ("L", "RGB") else picture.convert("L" if picture.mode == "1" else "RGB")


def opaque(picture: Image.Image) -> Image.Image:
    """The picture laid on white if it has transparency, else itself."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def cropped(picture: Image.Image, resolution: int, side: int) -> Image.Image:
    """The centred square of at most `side` pixels at `resolution`, bilinear."""
    width, height = picture.size
    side = min(width, height, side)
    left, top = (width - side) // 2, (height - side) // 2
    square = opaque(picture).crop((left, top, left + side, top + side))  # not resize(box=): that sees beyond the box
    return square.resize((resolution, resolution), BILINEAR)


def resampled(pixels: np.ndarray, resolution: int) -> np.ndarray:
    """uint8 [H, W] or [H, W, C] at `resolution`, bilinear as in the papers; unchanged when it has that size."""
    if pixels.shape[:2] == (resolution, resolution):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((resolution, resolution), BILINEAR))
