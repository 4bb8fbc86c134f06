"""3D Shapes: the original file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require
from unbraid.core.factors import Kind
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.factor_table import ordinal_table
from unbraid.data._files.locations import located, require_whole
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.sources import file_named
from unbraid.data._files.stored_arrays import StoredArray, pick, stored_arrays

__all__ = ["shapes3d"]

FILE = "3dshapes.h5"
FACTORS: tuple[tuple[str, Kind], ...] = (
    ("floor_hue", "circular"),
    ("wall_hue", "circular"),
    ("object_hue", "circular"),
    ("scale", "ordinal"),
    ("shape", "categorical"),
    ("orientation", "ordinal"),
)
SHAPES = ("cube", "cylinder", "sphere", "capsule")


@remembered
def shapes3d(*, path: str | None = None) -> ArrayDataset:
    """3D Shapes: an object in a room, all 480,000 images of six factors (downloaded; see shapes3d_like for a stand-in).

    64 x 64 RGB; floor, wall and object hue 10 each, scale 8, shape 4, orientation 15, the last varying fastest.

    Args:
        path: the original `3dshapes.h5`, or its folder; None looks where `unbraid data get shapes3d` puts it, and
            checks its checksum when it is first read.

    Raises:
        UsageError: the file is missing or damaged, or is the HDF5 file of another dataset.

    Notes:
        The first use writes the images to the data folder (5.9 GB), since the compressed file cannot be read at random.
        Any file of the same format opens: sizes come from the labels.

    Source: Burgess and Kim (2018), 3D Shapes; licence Apache-2.0.

    Example:
        >>> shapes3d(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: shapes3d needs ...; it is not there. Run `unbraid data get shapes3d`, or ...
    """
    file = located("shapes3d", FILE, path)
    arrays = stored_arrays(file)
    images, labels = (pick(arrays, key, file) for key in ("images", "labels"))
    space = _space(images, labels, file)

    def blocks() -> Iterator[np.ndarray]:
        if path is None:
            require_whole(file, file_named("shapes3d", FILE))
        yield from (block.transpose(0, 3, 1, 2) for block in images.blocks())

    shape = (images.shape[0], 3, images.shape[1], images.shape[2])
    pixels = prepared_images(f"shapes3d-{fingerprint(file)}", shape, blocks, about=str(file))
    return ArrayDataset("shapes3d", pixels, space, source=f"read from the original file {file.name}")


def _space(images: StoredArray, labels: StoredArray, file: Path) -> FactorSpace:
    """The factor space of the labels, refused unless they are a complete grid of six factors over RGB images."""
    what = f"{file} must hold 3D Shapes: 'images' uint8 [N, H, W, 3] and 'labels' [N, 6]"
    came = f"images {images.dtype} {images.shape} and labels {labels.shape}"
    require(len(images.shape) == 4 and images.shape[3:] == (3,) and images.dtype == np.uint8, what, came)
    require(labels.shape == (images.shape[0], len(FACTORS)), what, came)
    columns = labels.whole()
    read, table = ordinal_table({name: columns[:, k] for k, (name, _) in enumerate(FACTORS)})
    do = f"a part of it is read as your own: --data arrays --set data.path={file} --set data.factors=labels"
    rule = f"the labels of {file} must be a complete grid, the last factor fastest"
    require(table is None, rule, f"{len(columns):,} rows for sizes {read.sizes}", do)
    factors = []
    for (name, kind), factor in zip(FACTORS, read.factors, strict=True):
        names = SHAPES if name == "shape" and factor.size == len(SHAPES) else ()
        period = 1.0 if kind == "circular" else None
        unit = {"circular": "turns"}.get(kind, "degrees" if name == "orientation" else "")
        factors.append(Factor(name, factor.size, kind, unit, factor.values, names, period))
    return FactorSpace(tuple(factors))
