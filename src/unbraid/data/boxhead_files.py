"""Boxhead as its authors stored it: a folder of HDF5 files whose labels are pickled."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import FactorSpace, UsageError, failure, remembered, require, require_choice
from unbraid.core.hdf5 import require_own_numbers
from unbraid.core.places import expanded
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.cache import cache_folder, prepared_array
from unbraid.data._files.pickled_numbers import numbers_in, read_pickled_numbers
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._files.stored_numbers import RefusedPickleError
from unbraid.data._scenes.boxhead_factors import VARIANTS, VariantName, factor_space
from unbraid.data._scenes.boxhead_room import SIZE

if TYPE_CHECKING:
    import h5py

__all__ = ["boxhead_files", "read_labels"]

STORED = 9  # columns of a label; the hidden value is not stored
KEYS = {"bg_color": 2, "color": 1, "scale": 3, "eye_color": 4, "azimuth": 1}  # and how many numbers each holds
TOLERANCE = 1e-6  # between a stored value and its level
MOST_BYTES = 4096  # of pickled text per label; published ones have some 300


@remembered
def boxhead_files(*, path: str, variant: VariantName | None = None) -> ArrayDataset:
    """Boxhead read from the original folder of HDF5 files; nine factors, since the hidden value was not stored.

    Files and groups are read in the order of their numbers, unfinished files (`_tmp`) are left out, and every image
    keeps its own label. The images are copied once into the data folder (630 MB for a published set), uncompressed.

    Args:
        path: folder of `dataset_<number>_.hdf5` files.
        variant: `boxhead_07`, `boxheadsimple` or `boxheadsimple2`; None takes the folder's name.

    Raises:
        UsageError: no such folder or files, a file of another kind, labels of another variant, more or fewer labels
            than images, or a pickle that holds anything but NumPy numbers and plain containers.

    Source: Chen et al. (2021), "Boxhead: A Dataset for Learning Hierarchical Representations"; arXiv:2110.03628.

    Example:
        >>> boxhead_files(path="downloads")
        Traceback (most recent call last):
        ...
        unbraid.core.checks.UsageError: boxhead_files.variant (or the folder's name) must be one of: boxhead_07, ...
    """
    folder = expanded(path)
    name = Path(os.path.realpath(folder)).name if variant is None else variant
    require_choice(name, VariantName, "boxhead_files.variant (or the folder's name)")
    files = _files(folder)
    space = FactorSpace(factor_space(VARIANTS[name]).factors[:STORED])
    kept = f"{name}-{fingerprint(*files)}"
    labels = _labels(files, cache_folder() / "prepared" / f"{kept}-labels.npy")
    images = prepared_images(
        kept,
        (len(labels), 3, SIZE, SIZE),
        lambda: _blocks(files),
        f"{name}, copied from {folder}",
    )
    return ArrayDataset("boxhead_files", images, space, _levels(space, labels, name), f"read from {folder}")


def _labels(files: list[Path], kept: Path) -> np.ndarray:
    """The labels of all files in their order -> float64 [N, 9], read once: reading 10,000 takes two seconds."""

    def fill(array: np.ndarray) -> None:
        done = 0
        for data, text, where in _groups(files):
            array[done : done + len(data)] = read_labels(data, text, where)
            done += len(data)

    images = sum(len(data) for data, _, _ in _groups(files))
    return prepared_array(kept, (images, STORED), np.float64, fill, f"labels, copied from {files[0].parent}")


def read_labels(data: h5py.Dataset, text: bytes, where: str) -> np.ndarray:
    """The labels of one group -> float64 [N, 9] in the order wall, floor, box hue, size, azimuth, four eyes."""
    labels = _unpickled(text, where)
    rule = f"the labels of {where} must be a list of one dictionary per image ({len(data)})"
    require(isinstance(labels, list), rule, type(labels).__name__)
    require(len(labels) == len(data), rule, f"{len(labels)} labels")
    return np.stack([_row(label, where) for label in labels])


def _row(label: Any, where: str) -> np.ndarray:
    """One stored label in our order of columns."""
    try:
        parts = {key: numbers_in(label[key], size) for key, size in KEYS.items()}
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        came = failure(error)
        raise UsageError(f"each label of {where} must hold the numbers {', '.join(KEYS)}; got {came}.") from error
    sizes = {key: len(part) for key, part in parts.items()}
    require(sizes == KEYS, f"each label of {where} must hold {KEYS} numbers", sizes)
    floor, wall = parts["bg_color"]
    return np.array([wall, floor, *parts["color"], parts["scale"][0], *parts["azimuth"], *parts["eye_color"]])


def _unpickled(text: bytes, where: str) -> Any:
    """The containers and numbers in a pickle, of which nothing runs."""
    try:
        return read_pickled_numbers(text)
    except RefusedPickleError as error:
        raise UsageError(
            f"the labels of {where} may hold only numbers, NumPy arrays and plain containers; {error}. "
            "A pickle can run any code: do not open this file with other tools unless you trust its author."
        ) from error
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise UsageError(f"the labels of {where} must be a pickle; reading it failed: {failure(error)}.") from error


def _files(folder: Path) -> list[Path]:
    """Finished files in the order of their numbers."""
    require(folder.is_dir(), "boxhead_files: path must be a folder of dataset_<number>_.hdf5 files", str(folder))
    numbered = {re.fullmatch(r"dataset_(\d+)_\.hdf5", file.name): file for file in folder.iterdir()}
    files = sorted((int(match[1]), file) for match, file in numbered.items() if match)
    require(files, f"{folder} must hold dataset_<number>_.hdf5 files", sorted(f.name for f in folder.iterdir())[:5])
    return [file for _, file in files]


def _groups(files: list[Path]) -> Iterator[tuple[h5py.Dataset, bytes, str]]:
    """Images, pickled labels and a name for messages of every group, in the order of their numbers."""
    import h5py

    for file in files:
        try:
            with h5py.File(file, "r") as opened:
                numbered = all(re.fullmatch(r"\d{1,9}", key) for key in opened)
                require(opened and numbered, _rule(file), list(opened)[:5])
                for key in sorted(opened, key=int):
                    yield (*_contents(opened[key], file), f"{file.name}, group {key}")
        except (UsageError, MemoryError):
            raise
        except Exception as error:  # of a damaged file h5py raises OSError, KeyError, RuntimeError, ValueError, …
            came = " ".join(str(error).split())
            raise UsageError(f"{file} must be a whole HDF5 file; reading it failed: {came}. Fetch it again.") from error


def _blocks(files: list[Path]) -> Iterator[np.ndarray]:
    """Images of one group after the other -> uint8 [N, 3, 64, 64]."""
    for data, _, where in _groups(files):
        try:
            images = data[()]
        except Exception as error:  # as above
            raise UsageError(f"the images of {where} must be readable; got '{error}'. Fetch the file again.") from error
        yield images.transpose(0, 3, 1, 2)


def _contents(group: Any, file: Path) -> tuple[h5py.Dataset, bytes]:
    """The two datasets of a group, checked."""
    import h5py

    require(isinstance(group, h5py.Group) and {"data", "labels"} <= set(group), _rule(file), f"{group}")
    data = group["data"]
    require(isinstance(data, h5py.Dataset), _rule(file), f"{data}")
    require(data.dtype == np.uint8 and data.ndim == 4 and data.shape[1:] == (SIZE, SIZE, 3), _rule(file), f"{data}")
    require_own_numbers(data, file)
    labels = group["labels"]
    require(isinstance(labels, h5py.Dataset) and labels.shape == () and labels.dtype.kind in "SVO", _rule(file), labels)
    size = labels.dtype.itemsize
    few = size <= MOST_BYTES * (len(data) + 1)
    require(few, f"the labels of {file} must be of {len(data)} images", f"{size:,} bytes")
    return data, bytes(labels[()])


def _rule(file: Path) -> str:
    return f"{file} must hold groups 0, 1, … of 'data' (uint8 [N, {SIZE}, {SIZE}, 3]) and 'labels'"


def _levels(space: FactorSpace, labels: np.ndarray, name: str) -> np.ndarray:
    """The level of every stored value -> int64 [N, 9]."""
    require(len(labels), f"the files of {name} must hold images", "none", "fetch them again")
    table = np.empty(labels.shape, dtype=np.int64)
    for k, factor in enumerate(space.factors):
        apart = np.abs(labels[:, k, None] - np.asarray(factor.values))
        if factor.name.startswith("eye"):  # wrapped by the generator, so that 0 may be stored as nearly 1
            apart = np.minimum(apart, 1 - apart)
        table[:, k] = apart.argmin(axis=1)
        worst = int(apart.min(axis=1).argmax())
        require(
            apart[worst].min() < TOLERANCE,
            f"{factor.name} must be one of the {factor.size} levels of {name}",
            f"{labels[worst, k]:.6g} in row {worst}",
            "say which variant the files are of (variant=…)",
        )
    return table
