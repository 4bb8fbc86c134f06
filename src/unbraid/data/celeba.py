"""CelebA: the original files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require, require_choice
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import NO_FACTORS
from unbraid.data._files.celeba_files import (
    ARCHIVE,
    ATTRIBUTES,
    PARTITION,
    Portraits,
    portraits,
    read_table,
    row_of,
    table_file,
)
from unbraid.data._files.locations import require_whole
from unbraid.data._files.pictures import cropped, opened, pixels_of, readable_picture
from unbraid.data._files.prepared import prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["celeba"]

Split = Literal["all", "train", "valid", "test"]
SPLIT_NUMBERS = {"train": "0", "valid": "1", "test": "2"}  # in the table of the partition
CROP = 128  # side in pixels of the centred square of a 178 x 218 portrait that is kept
AT_ONCE = 256  # portraits per block


@remembered
def celeba(
    *, path: str | None = None, resolution: Pixels = 64, split: Split = "all", attributes: bool = False
) -> ArrayDataset:
    """CelebA: 202,599 portraits of celebrities; no ground-truth factors, forty annotated attributes (downloaded).

    The centred 128 x 128 square of each aligned 178 x 218 portrait, resampled bilinearly.

    Args:
        path: folder of the original files, or the archive; None looks where `unbraid data get celeba` puts them, and
            checks their checksums when they are first read. The portraits may be unpacked, and the tables may be those
            of Kaggle (`list_attr_celeba.csv`).
        resolution: height and width in pixels.
        split: train (162,770), valid (19,867), test (19,962) or all; needs list_eval_partition.txt unless all.
        attributes: take the forty annotated attributes, absent or present, as factors; needs list_attr_celeba.txt.
            They are opinions of annotators, not what generated the images.

    Raises:
        UsageError: a file is missing or damaged, a portrait cannot be read, tables that do not name the portraits.

    Notes:
        The first use decodes all portraits into the data folder (2.5 GB at 64 x 64, some minutes).

    Source: Liu et al. (2015), "Deep Learning Face Attributes in the Wild"; for non-commercial research only.

    Example:
        >>> celeba(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: celeba needs ...; it is not there. Run `unbraid data get celeba`, or ...
    """
    require_choice(split, Split, "celeba.split")
    files = portraits(path)
    rows = np.arange(len(files.names))
    if split != "all":
        _, table = read_table(_table(path, PARTITION), titled=False)
        rows = np.flatnonzero([row_of(table, name, 1)[0] == SPLIT_NUMBERS[split] for name in files.names])
        require(len(rows), f"{PARTITION} must name portraits of the {split} split", "none")

    def blocks() -> Iterator[np.ndarray]:
        if path is None and files.place.is_file():
            require_whole(files.place, file_named("celeba", ARCHIVE))
        yield from _decoded(files, resolution)

    shape = (len(files.names), 3, resolution, resolution)
    kept = prepared_images(f"celeba-{resolution}-{files.print}", shape, blocks, about=str(files.place))
    chosen = tuple(files.names[row] for row in rows)
    space, factors = _attributes(_table(path, ATTRIBUTES), chosen) if attributes else (NO_FACTORS, None)
    pixels = kept if split == "all" else _part(kept, rows)
    where = "the original archive" if files.place.is_file() else f"portraits in {files.place}"
    dataset = ArrayDataset("celeba", pixels, space, factors, source=f"read from {where} ({split})")
    return dataset.with_info(names=tuple(name.rpartition("/")[2] for name in chosen))


def _table(path: str | None, name: str) -> Path:
    """A table, its checksum compared where it is the published one."""
    file = table_file(path, name)
    if path is None and file.name == name:
        require_whole(file, file_named("celeba", name))
    return file


def _decoded(files: Portraits, resolution: int) -> Iterator[np.ndarray]:
    """Portraits cropped and resampled, block by block."""
    block = []
    for name, content in files.contents():
        with readable_picture("portrait", name, "Fetch the archive again."), opened(content) as picture:
            block.append(pixels_of(cropped(picture, resolution, CROP), grey=False))
        if len(block) == AT_ONCE:
            yield np.stack(block)
            block = []
    if block:
        yield np.stack(block)


def _attributes(file: Path, names: Sequence[str]) -> tuple[FactorSpace, np.ndarray]:
    """Space and table of the attributes: -1 (or 0) becomes level 0, 1 becomes level 1."""
    titles, table = read_table(file, titled=True)
    require(titles, f"{file} must name its attributes", "none")
    rows = [row_of(table, name, len(titles)) for name in names]
    values = np.array([[cell.strip() == "1" for cell in row] for row in rows], dtype=np.int64)
    known = all(cell.strip() in ("1", "-1", "0") for row in rows for cell in row)
    require(known, f"attributes in {file} must be 1 or -1", "something else")
    return FactorSpace(tuple(Factor(t, 2, "categorical", labels=("absent", "present")) for t in titles)), values


def _part(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows as a slice of the memory map where they are consecutive, as in the published partition."""
    consecutive = rows[-1] - rows[0] + 1 == len(rows)
    return images[rows[0] : rows[-1] + 1] if consecutive else images[rows]
