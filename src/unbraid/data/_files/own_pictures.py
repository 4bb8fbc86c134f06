"""A person's own pictures: found in a folder, turned upright, brought to 8 bits and to one size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from unbraid.core import require
from unbraid.data._files.archives import left_by_others
from unbraid.data._files.pictures import BILINEAR, opened, pixels_of, plain, readable_picture

SUFFIXES = {".png", ".jpg", ".jpeg"}
OTHERS = {".bmp", ".gif", ".tif", ".tiff", ".webp", ".heic", ".svg"}  # pictures that are not read, but named
Fit = Literal["crop", "pad"]
Size = tuple[int, int]  # height and width in pixels


def own_pictures(folder: Path) -> list[Path]:
    """All PNG and JPEG files under `folder`, sorted by their relative path; hidden ones and `__MACOSX` left out."""
    require(os.path.isdir(folder), "path must be an existing folder of pictures", repr(str(folder)))
    every = (file for file in folder.rglob("*") if file.is_file())
    seen = [file for file in every if not left_by_others(file.relative_to(folder).as_posix())]
    files = [file for file in seen if file.suffix.lower() in SUFFIXES]
    others = sorted({file.suffix.lower() for file in seen if file.suffix.lower() in OTHERS})
    came = f"none, in it or below it{f', but {chr(44).join(others)}' if others else ''}"
    require(files, f"{folder} must hold .png, .jpg or .jpeg files", came, "convert them to PNG" if others else "")
    return sorted(files, key=lambda file: file.relative_to(folder).as_posix())


def read_picture(file: Path, grey: bool, size: Size | None, fit: Fit = "crop") -> np.ndarray:
    """One picture as uint8 [C, H, W]."""
    with upright_picture(file) as picture:
        return pixels_of(picture if size is None else fitted(picture, size, fit), grey)


@contextmanager
def upright_picture(file: Path) -> Iterator[Image.Image]:
    """The picture, its header read; turned upright as its camera noted."""
    with readable_picture("picture", file, "Repair it or move it out of the folder."), opened(file) as picture:
        if picture.format != "PNG" or "exif" in picture.info:
            ImageOps.exif_transpose(picture, in_place=True)
        yield picture


def fitted(picture: Image.Image, size: Size, fit: Fit = "crop") -> Image.Image:
    """The picture at `size`, bilinear: its centre, cut to the shape that is wanted; or the whole of it, on white."""
    height, width = size
    picture = plain(picture)
    if fit == "pad":
        return ImageOps.pad(picture, (width, height), BILINEAR, color="white" if picture.mode == "RGB" else 255)
    across = min(picture.width, round(picture.height * width / height))
    down = min(picture.height, round(picture.width * height / width))
    left, top = (picture.width - across) // 2, (picture.height - down) // 2
    part = picture.crop((left, top, left + across, top + down))  # not resize(box=): that sees beyond the box
    return part if part.size == (width, height) else part.resize((width, height), BILINEAR)
