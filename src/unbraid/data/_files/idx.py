"""The IDX files of MNIST and Fashion-MNIST."""

from __future__ import annotations

import gzip
import math
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, require, require_choice
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._dataset import GroundTruthDataset
from unbraid.data._files.archives import readable, require_possible
from unbraid.data._files.locations import whole_file
from unbraid.data._views.view import view

Split = Literal["train", "test", "all"]
STEMS: dict[Split, tuple[str, ...]] = {"train": ("train",), "test": ("t10k",), "all": ("train", "t10k")}
IMAGES, LABELS = 2051, 2049  # magic numbers


def idx_dataset(
    name: str, factor: str, labels: tuple[str, ...], split: Split, path: str | None, resolution: int
) -> GroundTruthDataset:
    """The dataset of one or both splits, with the class of each image as its only factor."""
    require_choice(split, Split, f"{name}.split")
    parts = [_part(name, stem, path) for stem in STEMS[split]]
    images = np.concatenate([part[0] for part in parts])[:, None]
    table = np.concatenate([part[1] for part in parts]).astype(np.int64)[:, None]
    require(table.max() < len(labels), f"labels of {name} must lie in 0 .. {len(labels) - 1}", int(table.max()))
    space = FactorSpace((Factor(factor, len(labels), "categorical", labels=labels),))
    dataset = ArrayDataset(name, images, space, table, source=f"read from the original {split} files")
    return view(dataset, resolution=resolution)


def _part(name: str, stem: str, path: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Images [N, 28, 28] and labels [N] of one split."""
    images = _array(name, f"{stem}-images-idx3-ubyte.gz", path, IMAGES)
    labels = _array(name, f"{stem}-labels-idx1-ubyte.gz", path, LABELS)
    require(len(images) == len(labels), f"{name} must have one label per image", f"{len(images)} and {len(labels)}")
    return images, labels


def _array(name: str, file_name: str, path: str | None, magic: int) -> np.ndarray:
    """The array of one file; its checksum is compared unless a path is given."""
    file = whole_file(name, file_name, path)
    axes = magic % 256
    what = f"{file} must be an IDX file of magic {magic} and whole"
    with readable(file), gzip.open(file) as stream:
        header = stream.read(4 + 4 * axes)
        came = int.from_bytes(header[:4], "big")
        require(came == magic, what, f"magic {came}")
        require(len(header) == 4 + 4 * axes, what, f"{len(header)} bytes")
        sizes = np.frombuffer(header[4:], ">i4").tolist()
        require_possible(sizes, 1, file)
        content = stream.read(math.prod(sizes) + 1)
    require(len(content) == math.prod(sizes), what, f"{len(content)} bytes for sizes {sizes}")
    return np.frombuffer(content, np.uint8).reshape(sizes)
