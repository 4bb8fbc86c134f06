"""Pictures of rows: matched by name, number or order, and one sheet of thumbnails that a page shows parts of."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from unbraid.core import require
from unbraid.core.matched import READINGS
from unbraid.core.places import expanded
from unbraid.data._files.own_pictures import own_pictures, upright_picture
from unbraid.metrics._arrays import as_array

SIDES = (64, 48, 40, 32, 24, 16)  # pixels of a thumbnail: the largest whose sheet fits
SHEET = 2_400_000  # bytes of a sheet, as the page holds it
QUALITY = 75
NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True)
class Pictures:
    """Pictures of N rows.

    Args:
        has: whether a row has one [N].
        read: RGB or grey picture of a row that has one, at most so many pixels a side.
        said: how they were matched.
        exact: whether single pixels are to be seen, as of small rendered images.
    """

    has: np.ndarray
    read: Callable[[int, int], Image.Image]
    said: str
    exact: bool = False


@dataclass(frozen=True)
class Sheet:
    """Thumbnails in one picture, row by row: its data URI, how many stand across and down, and the place of each."""

    uri: str
    across: int
    down: int
    places: dict[int, int]
    exact: bool

    def style(self, row: int) -> str:
        """CSS that shows the thumbnail of a row; empty for a row without."""
        place = self.places.get(row)
        if place is None:
            return ""
        x, y = place % self.across, place // self.across
        at = (100 * x / max(self.across - 1, 1), 100 * y / max(self.down - 1, 1))
        return f"background-position: {at[0]:.4g}% {at[1]:.4g}%"


def pictures_of(images: Any, names: Sequence[str] | None, rows: int) -> Pictures:
    """Pictures from a folder or an array [N, H, W], [N, H, W, C] or [N, C, H, W], one per row.

    Raises:
        UsageError: another number of pictures than rows that bear no names of rows either, or no pictures.
    """
    if isinstance(images, (str, Path)):
        return _of_folder(expanded(images), names, rows)
    pixels = as_array(images)
    rule = "images must be a folder, or an array [N, H, W], [N, H, W, C] or [N, C, H, W], a picture for each row"
    require(pixels.ndim in (3, 4), rule, f"shape {pixels.shape}")
    require(len(pixels) == rows, f"images must be {rows:,}, one for each row of codes", f"{len(pixels):,}")
    if pixels.ndim == 4 and pixels.shape[1] in (1, 3) and pixels.shape[3] not in (1, 3):
        pixels = pixels.transpose(0, 2, 3, 1)
    require(pixels.ndim == 3 or pixels.shape[3] in (1, 3), "images must have 1 or 3 channels", f"shape {pixels.shape}")
    scale = 255.0 if pixels.dtype.kind == "f" and float(pixels.max()) <= 1 else 1.0

    def read(row: int, _side: int) -> Image.Image:
        return _image(np.clip(pixels[row] * scale, 0, 255).astype(np.uint8))

    return Pictures(np.ones(rows, dtype=bool), read, "images by their order", max(pixels.shape[1:3]) <= SIDES[0])


def of_dataset(dataset: Any, index: np.ndarray) -> Pictures:
    """Pictures of the rows `index` [N] of a dataset."""

    def read(row: int, _side: int) -> Image.Image:
        return _image(dataset.images(index[row : row + 1])[0].transpose(1, 2, 0))

    return Pictures(np.ones(len(index), dtype=bool), read, "", max(dataset.image_shape[1:]) <= SIDES[0])


def _of_folder(folder: Path, names: Sequence[str] | None, rows: int) -> Pictures:
    files = own_pictures(folder)
    paths = [file.relative_to(folder).as_posix() for file in files]
    by_name = None if names is None else _by_name(paths, names)
    if by_name is not None:
        chosen = [None if place is None else files[place] for place in by_name]
        lacking = sum(file is None for file in chosen)
        said = "images by their names" + (f"; {lacking:,} of {rows:,} rows have none" if lacking else "")
    else:
        rule = f"images in {folder} must be {rows:,}, one for each row of codes, or bear the names of rows"
        do = "give a picture for each row, in their order, or a column of their file names among the codes"
        require(len(files) == rows, rule, f"{len(files):,}{'' if names is None else ', none by a name of a row'}", do)
        chosen, said = _in_order(files, paths)

    def read(row: int, side: int) -> Image.Image:
        file = chosen[row]
        assert file is not None
        with upright_picture(file) as picture:
            picture.draft("RGB", (side, side))  # a JPEG is decoded no larger than needed
            return _plain(picture)

    return Pictures(np.array([file is not None for file in chosen]), read, said)


def _by_name(paths: Sequence[str], names: Sequence[str]) -> list[int | None] | None:
    """The place of each row's picture among the files; None where no row is called as a picture is."""
    best: list[int | None] | None = None
    for reading in READINGS:
        places = {reading(path): place for place, path in enumerate(paths)}
        matched = [places.get(reading(str(name))) for name in names]
        if len(places) == len(paths) and sum(place is not None for place in matched) > sum(
            place is not None for place in best or ()
        ):
            best = matched
    return best


def _in_order(files: list[Path], paths: Sequence[str]) -> tuple[list[Path | None], str]:
    """The files by the numbers at the end of their names, where all have one, else as the alphabet has them."""
    matches = [NUMBER.search(Path(path).stem) for path in paths]
    if not all(matches):
        return list(files), "images by their order: names of rows and pictures differ"
    keys = [(path[: -len(Path(path).name)], int(match[1])) for path, match in zip(paths, matches, strict=True) if match]
    order = sorted(range(len(files)), key=lambda place: keys[place])
    return [files[place] for place in order], "images by the numbers in their names, in the order of the rows"


def sheet_of(pictures: Pictures, rows: Sequence[int]) -> Sheet | None:
    """Thumbnails of rows, as large as the page has room for; None where none of them has a picture."""
    shown = [row for row in dict.fromkeys(int(row) for row in rows) if pictures.has[row]]
    if not shown:
        return None
    images = [_thumbnail(pictures.read(row, SIDES[0]), SIDES[0], pictures.exact) for row in shown]
    across = max(1, round(len(images) ** 0.5))
    for side in SIDES:
        uri = _joined(images, side, across)
        if len(uri) <= SHEET:
            break
    places = {row: place for place, row in enumerate(shown)}
    return Sheet(uri, across, -(-len(images) // across), places, pictures.exact)


def _joined(images: Sequence[Image.Image], side: int, across: int) -> str:
    """One picture of thumbnails, each a square of `side` pixels, as a data URI."""
    joined = Image.new("RGB", (across * side, -(-len(images) // across) * side), "white")
    for place, image in enumerate(images):
        small = image if image.width == side else image.resize((side, side), Image.Resampling.BOX)
        joined.paste(small, (place % across * side, place // across * side))
    buffer = io.BytesIO()
    joined.save(buffer, format="WEBP", quality=QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _thumbnail(image: Image.Image, side: int, exact: bool) -> Image.Image:
    """The whole picture in the middle of a square; of small ones each pixel stays a square."""
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    how = Image.Resampling.NEAREST if exact else Image.Resampling.BILINEAR
    square = Image.new("RGB", (side, side), "white")
    square.paste(image.convert("RGB").resize(size, how), ((side - size[0]) // 2, (side - size[1]) // 2))
    return square


def _plain(picture: Image.Image) -> Image.Image:
    from unbraid.data._files.pictures import plain

    picture = plain(picture)
    picture.load()
    return picture


def _image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(
        pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else np.ascontiguousarray(pixels)
    )
