"""SmallNORB: the original files."""

from __future__ import annotations

import gzip
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, cast

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require, require_choice
from unbraid.core.places import expanded
from unbraid.core.values import Pixels
from unbraid.core.web_pages import require_data
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.archives import readable, require_possible
from unbraid.data._files.factor_table import ordinal_table
from unbraid.data._files.locations import dataset_folder, located, require_whole
from unbraid.data._files.pictures import resampled
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["smallnorb"]

TRAIN = "smallnorb-5x46789x9x18x6x2x96x96-training-{}.mat.gz"
TEST = "smallnorb-5x01235x9x18x6x2x96x96-testing-{}.mat.gz"
Convention = Literal["train", "both"]
PARTS: dict[Convention, tuple[str, ...]] = {"train": (TRAIN,), "both": (TRAIN, TEST)}
BYTES, INTEGERS = 0x1E3D4C55, 0x1E3D4C54  # magic numbers
NAMES = ("category", "instance", "elevation", "azimuth", "lighting")
CATEGORIES = ("animal", "human", "plane", "truck", "car")


@remembered
def smallnorb(*, convention: Convention = "train", path: str | None = None, resolution: Pixels = 64) -> ArrayDataset:
    """SmallNORB: photographs of toys under six lights; two conventions of counting its factors (downloaded).

    Grey, 96 x 96 in the files, of which the left camera is taken; rows are sorted by their factors.

    Args:
        convention: `train` takes the 24,300 training images, a complete grid of category 5, instance 5, elevation 9,
            azimuth 18, lighting 6 (Michlo et al.). `both` adds the test images (48,600) and hides the instance:
            factors category, elevation, azimuth, lighting, and each combination stands there once per toy, ten times,
            so that a row drawn at random shows a random instance (the disentanglement library's convention).
        path: folder of the original .mat.gz files, or of these unpacked; None looks where `unbraid data get smallnorb`
            puts them, and checks their checksums when they are first read.
        resolution: height and width in pixels, resampled bilinearly.

    Raises:
        UsageError: a file is missing, damaged or of another kind; tables that do not match the images.

    Source: LeCun, Huang and Bottou (2004), "Learning Methods for Generic Object Recognition".

    Example:
        >>> smallnorb(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: smallnorb needs ...; it is not there. Run `unbraid data get smallnorb`, ...
    """
    require_choice(convention, Convention, "smallnorb.convention")
    folder = str(dataset_folder("smallnorb") if path is None else expanded(path))
    files = [
        [_file(folder, part.format(k), path is None) for k in ("dat", "cat", "info")] for part in PARTS[convention]
    ]
    rows = np.concatenate([_factors(category, info) for _, category, info in files])
    order = np.lexsort(rows.T[::-1])
    images = [dat for dat, _, _ in files]

    def blocks() -> Iterator[np.ndarray]:
        pixels = np.concatenate([_left_camera(dat, resolution) for dat in images])  # 0.2 GB at 64 x 64
        require(
            len(pixels) == len(rows), "SmallNORB must have one row of factors per image", f"{len(pixels)}, {len(rows)}"
        )
        yield pixels[order]

    shape = (len(rows), 1, resolution, resolution)
    kept = f"smallnorb-{convention}-{resolution}-{fingerprint(*images)}"
    pixels = prepared_images(kept, shape, blocks, about=folder)
    space, table = _space(rows[order], convention)
    return ArrayDataset("smallnorb", pixels, space, table, source=f"read from the original files ({convention})")


def _file(folder: str, name: str, verify: bool) -> Path:
    """One file, packed or not; small ones are summed each time, the images only when they are first read."""
    unpacked = Path(folder) / name.removesuffix(".gz")
    if not os.path.isfile(Path(folder) / name) and os.path.isfile(unpacked):
        require_data(unpacked)
        return unpacked
    file = located("smallnorb", name, folder)
    if verify and "dat" not in name:
        require_whole(file, file_named("smallnorb", name))
    return file


def _factors(category: Path, info: Path) -> np.ndarray:
    """Category, instance, elevation, azimuth, lighting of each image as they are stored, [N, 5]."""
    first, rest = _matrix(category, INTEGERS, 1), _matrix(info, INTEGERS, 2)
    require(
        len(first) == len(rest) and rest.shape[1] == 4,
        f"{info.name} must hold four numbers for each row of {category.name}",
        f"{rest.shape} and {first.shape}",
    )
    return np.column_stack([first, rest]).astype(np.int64)


def _space(rows: np.ndarray, convention: Convention) -> tuple[FactorSpace, np.ndarray | None]:
    """Factors of a convention, and the table unless the rows are a complete grid."""
    names = NAMES if convention == "train" else tuple(name for name in NAMES if name != "instance")
    space, table = ordinal_table({name: rows[:, NAMES.index(name)] for name in names})
    made = []
    for name, factor in zip(names, space.factors, strict=True):
        if name == "category" and factor.size == len(CATEGORIES):
            factor = Factor(name, factor.size, "categorical", labels=CATEGORIES)
        elif name == "elevation":
            factor = Factor(name, factor.size, "ordinal", "degrees", tuple(30 + 5 * v for v in factor.values))
        elif name == "azimuth":  # stored as 0, 2 .. 34
            factor = Factor(name, factor.size, "circular", "degrees", tuple(10 * v for v in factor.values), (), 360.0)
        elif name in ("category", "instance", "lighting"):
            factor = Factor(name, factor.size, "categorical", values=factor.values)
        made.append(factor)
    return FactorSpace(tuple(made)), table


def _left_camera(dat: Path, resolution: int) -> np.ndarray:
    """Images of the left camera, uint8 [N, 1, R, R], read pair by pair."""
    if dat.parent == dataset_folder("smallnorb") and dat.suffix == ".gz":
        require_whole(dat, file_named("smallnorb", dat.name))
    with readable(dat), _opened(dat) as stream:
        count, cameras, height, width = _sizes(stream, dat, BYTES, 4)
        done = np.empty((count, 1, resolution, resolution), np.uint8)
        for row in range(count):
            left = np.frombuffer(_exactly(stream, height * width, dat), np.uint8).reshape(height, width)
            _exactly(stream, (cameras - 1) * height * width, dat)
            done[row, 0] = resampled(left, resolution)
    return done


def _opened(file: Path) -> IO[bytes]:
    """The content of a file, packed by gzip or not, whatever its name."""
    with file.open("rb") as stream:
        unpacked = stream.read(4) in [magic.to_bytes(4, "little") for magic in (BYTES, INTEGERS)]
    return file.open("rb") if unpacked else cast(IO[bytes], gzip.open(file))


def _matrix(file: Path, magic: int, axes: int) -> np.ndarray:
    """A whole small int32 file."""
    with readable(file), _opened(file) as stream:
        sizes = _sizes(stream, file, magic, axes)
        return np.frombuffer(_exactly(stream, 4 * math.prod(sizes), file), "<i4").reshape(sizes)


def _sizes(stream: IO[bytes], file: Path, magic: int, axes: int) -> tuple[int, ...]:
    """Read the header: magic, number of axes, sizes (at least three numbers, filler included)."""
    came_magic, came_axes = np.frombuffer(_exactly(stream, 8, file), "<i4").tolist()
    came = f"magic 0x{came_magic & 0xFFFFFFFF:X} and {came_axes} axes"
    right = came_magic == magic and came_axes == axes
    require(right, f"{file} must have magic 0x{magic:X} and {axes} axes", came)
    sizes = tuple(np.frombuffer(_exactly(stream, 4 * max(3, axes), file), "<i4").tolist()[:axes])
    require_possible(sizes, 1 if magic == BYTES else 4, file)
    return sizes


def _exactly(stream: IO[bytes], size: int, file: Path) -> bytes:
    """Read `size` bytes or say that the file is cut off."""
    data = stream.read(size)
    require(len(data) == size, f"{file} must be whole", "fewer bytes than its header says", "fetch it again")
    return data
