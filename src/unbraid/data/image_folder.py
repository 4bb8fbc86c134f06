"""A folder of a person's own pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import numpy as np

from unbraid.core import FactorSpace, remembered, require, require_choice
from unbraid.core.places import expanded
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import NO_FACTORS
from unbraid.data._files.factor_table import factor_table, matched_columns
from unbraid.data._files.own_pictures import Fit, own_pictures, read_picture, upright_picture
from unbraid.data._files.prepared import fingerprint, images_in_memory, prepared_images

__all__ = ["image_folder"]

Colour = Literal["grey", "rgb"]
CHANNELS: dict[Colour, int] = {"grey": 1, "rgb": 3}
IN_MEMORY = 1000  # more pictures than this are decoded once into the cache folder


@remembered
def image_folder(
    *,
    path: str,
    resolution: int | None = None,
    colour: Colour | None = None,
    factors: str | None = None,
    kinds: Mapping[str, str] | None = None,
    fit: Fit = "crop",
) -> ArrayDataset:
    """Your own PNG and JPEG files: every one under a folder, in alphabetical order, with or without factors.

    Args:
        path: the folder; its subfolders are searched too, hidden files are not.
        resolution: height and width in pixels, resampled bilinearly. None keeps the pictures as they are, and then all
            must have one size.
        colour: grey or rgb; None takes grey when every picture is grey. Transparent pictures are laid on white.
        factors: a CSV whose first column names the files (relative to `path`, with /), each further column a factor;
            None takes `factors.csv` in the folder if it is there, else no factors are known. An empty cell, or a
            picture that is not listed, has no level.
        kinds: the kind of factors where it is not to be decided (see `unbraid.core.read_labels`), by name: ordinal,
            categorical, continuous, circular:360.
        fit: how a picture becomes a square of this resolution: `crop` keeps its centre, `pad` the whole of it, on
            white.

    Raises:
        UsageError: no such folder, no pictures, pictures of several sizes without `resolution`, a broken picture (by
            name), a CSV that does not match the files.

    Example:
        >>> from PIL import Image
        >>> import numpy as np
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> for name, grey in (("b.png", 200), ("a.png", 0)):
        ...     Image.fromarray(np.full((8, 8), grey, np.uint8)).save(f"{folder}/{name}")
        >>> data = image_folder(path=folder)
        >>> data.image_shape, data.images(np.arange(2)).max(axis=(1, 2, 3)).tolist()
        ((1, 8, 8), [0, 200])
    """
    require_choice(fit, Fit, "image_folder.fit")
    if colour is not None:
        require_choice(colour, Colour, "image_folder.colour")
    folder = expanded(path)
    files = own_pictures(folder)
    names = [file.relative_to(folder).as_posix() for file in files]
    space, table, said = _factors(folder, factors, names, kinds)
    channels, height, width = _image_shape(files, resolution, colour)
    shape = (len(files), channels, height, width)

    size = None if resolution is None else (height, width)

    def blocks() -> Iterator[np.ndarray]:
        yield from (read_picture(file, channels == 1, size, fit)[None] for file in files)

    if len(files) <= IN_MEMORY:
        pixels = images_in_memory(shape, blocks())
    else:
        name = f"image_folder-{fingerprint(*files, resolution=resolution, channels=channels, fit=fit)}"
        pixels = prepared_images(name, shape, blocks, about=str(folder))
    dataset = ArrayDataset("image_folder", pixels, space, table, source=f"pictures in {folder}{said}")
    return dataset.with_info(names=tuple(names))


def _factors(
    folder: Path, factors: str | None, names: list[str], kinds: Mapping[str, str] | None
) -> tuple[FactorSpace, np.ndarray | None, str]:
    """Space and table from the CSV given or the one in the folder, and a word on it; the empty space without one."""
    beside = folder / "factors.csv"
    if factors is None and not beside.is_file():
        require(not kinds, "kinds needs factors", "no CSV of factors", "name it with factors=")
        return NO_FACTORS, None, ""
    columns, said = matched_columns(expanded(factors) if factors else beside, names, kinds)
    return *factor_table(columns, kinds), said


def _image_shape(files: list[Path], resolution: int | None, colour: Colour | None) -> tuple[int, int, int]:
    """Channels, height and width that all pictures share; reads their headers only."""
    sizes: dict[tuple[int, int], Path] = {}
    grey = True
    for file in files:
        with upright_picture(file) as picture:
            sizes.setdefault(picture.size, file)
            grey = grey and picture.mode in ("1", "L", "LA", "I;16", "I")
    if colour is None:
        colour = "grey" if grey else "rgb"
    if resolution is not None:
        require(
            isinstance(resolution, int) and resolution >= 4, "resolution must be at least 4 pixels", repr(resolution)
        )
        return CHANNELS[colour], resolution, resolution
    examples = ", ".join(f"{w}x{h} ({file.name})" for (w, h), file in list(sizes.items())[:3])
    require(
        len(sizes) == 1,
        "pictures must share one size",
        f"{len(sizes)} sizes: {examples}" + (", …" if len(sizes) > 3 else ""),
        "give resolution=64 to resample them all; fit=crop keeps the centred square of each, fit=pad the whole",
    )
    (width, height), _ = next(iter(sizes.items()))
    return CHANNELS[colour], height, width
