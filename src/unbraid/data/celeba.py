"""CelebA: the original files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require, require_choice
from unbraid.core.values import Pixels
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import NO_FACTORS
from unbraid.data._files.archives import member_bytes, zip_members
from unbraid.data._files.locations import dataset_folder, located, require_whole
from unbraid.data._files.pictures import cropped, opened, pixels_of, readable_picture
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.sources import file_named

__all__ = ["celeba"]

ARCHIVE, ATTRIBUTES, PARTITION = "img_align_celeba.zip", "list_attr_celeba.txt", "list_eval_partition.txt"
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
        path: folder of the original files; None looks where `unbraid data get celeba` puts them, and checks their
            checksums when they are first read.
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
    folder = str(dataset_folder("celeba") if path is None else Path(path).expanduser())
    archive = _file(folder, ARCHIVE, verify=False)
    names = _portraits(archive)
    rows = np.arange(len(names))
    if split != "all":
        table = _table(_file(folder, PARTITION, path is None), header=0)
        rows = np.flatnonzero([_row(table, name, 1)[0] == SPLIT_NUMBERS[split] for name in names])
        require(len(rows), f"{PARTITION} must name portraits of the {split} split", "none")

    def blocks() -> Iterator[np.ndarray]:
        if path is None:
            require_whole(archive, file_named("celeba", ARCHIVE))
        yield from _decoded(archive, names, resolution)

    shape = (len(names), 3, resolution, resolution)
    kept = prepared_images(f"celeba-{resolution}-{fingerprint(archive)}", shape, blocks, about=str(archive))
    space, factors = NO_FACTORS, None
    if attributes:
        space, factors = _attributes(_file(folder, ATTRIBUTES, path is None), [names[row] for row in rows])
    pixels = kept if split == "all" else _part(kept, rows)
    return ArrayDataset("celeba", pixels, space, factors, source=f"read from the original archive ({split})")


def _file(folder: str, name: str, verify: bool) -> Path:
    """One file, its checksum compared if asked."""
    file = located("celeba", name, folder)
    if verify:
        require_whole(file, file_named("celeba", name))
    return file


def _portraits(archive: Path) -> list[str]:
    """Members that are portraits, in the order of their numbers."""
    with zip_members(archive) as (_, members):
        names = sorted(name for name in members if name.lower().endswith(".jpg"))
    require(names, f"{archive} must hold portraits img_align_celeba/000001.jpg, …", "no .jpg in it")
    return names


def _decoded(archive: Path, names: list[str], resolution: int) -> Iterator[np.ndarray]:
    """Portraits cropped and resampled, block by block."""
    with zip_members(archive) as (source, _):
        for start in range(0, len(names), AT_ONCE):
            part = names[start : start + AT_ONCE]
            yield np.stack(
                [_portrait(member_bytes(source, source.getinfo(name), archive), name, resolution) for name in part]
            )


def _portrait(content: bytes, name: str, resolution: int) -> np.ndarray:
    """One portrait, uint8 [3, R, R]."""
    with readable_picture("portrait", name, "Fetch the archive again."), opened(io.BytesIO(content)) as picture:
        return pixels_of(cropped(picture, resolution, CROP), grey=False)


def _table(file: Path, header: int) -> dict[str, list[str]]:
    """Lines of a text table by their first word, after `header` lines."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[header:]
    return {cells[0]: cells[1:] for cells in map(str.split, lines) if cells}


def _row(table: dict[str, list[str]], name: str, columns: int) -> list[str]:
    """The columns of a portrait."""
    row = table.get(Path(name).name, [])
    require(
        len(row) == columns, f"CelebA's tables must give {columns} values for each portrait", f"{len(row)} for {name}"
    )
    return row


def _attributes(file: Path, names: list[str]) -> tuple[FactorSpace, np.ndarray]:
    """Space and table of the attributes: -1 becomes level 0, 1 becomes level 1."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        titles = [stream.readline(), stream.readline()][1].split()
    require(titles, f"{file} must name its attributes in the second line", "none")
    table = _table(file, header=2)
    rows = [_row(table, name, len(titles)) for name in names]
    values = np.array([[cell == "1" for cell in row] for row in rows], dtype=np.int64)
    known = all(cell in ("1", "-1") for row in rows for cell in row)
    require(known, f"attributes in {file} must be 1 or -1", "something else")
    return FactorSpace(tuple(Factor(t, 2, "categorical", labels=("absent", "present")) for t in titles)), values


def _part(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The rows as a slice of the memory map where they are consecutive, as in the published partition."""
    consecutive = rows[-1] - rows[0] + 1 == len(rows)
    return images[rows[0] : rows[-1] + 1] if consecutive else images[rows]
