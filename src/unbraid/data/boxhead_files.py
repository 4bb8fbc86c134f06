"""Boxhead as its authors stored it: a folder of HDF5 files whose labels are pickled."""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import FactorSpace, UsageError, remembered, require, require_choice
from unbraid.data._array_dataset import ArrayDataset
from unbraid.data._files.prepared import fingerprint, prepared_images
from unbraid.data._scenes.boxhead_factors import VARIANTS, VariantName, factor_space
from unbraid.data._scenes.boxhead_room import SIZE

if TYPE_CHECKING:
    import h5py

__all__ = ["boxhead_files", "read_labels"]

STORED = 9  # columns of a label; the hidden value is not stored
KEYS = {"bg_color": 2, "color": 1, "scale": 3, "eye_color": 4, "azimuth": 1}  # and how many numbers each holds
TOLERANCE = 1e-6  # between a stored value and its level
ALLOWED = {
    *(
        (module, name)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct", "scalar")
    ),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}


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
    folder = Path(path).expanduser()
    name = folder.resolve().name if variant is None else variant
    require_choice(name, VariantName, "boxhead_files.variant (or the folder's name)")
    files = _files(folder)
    space = FactorSpace(factor_space(VARIANTS[name]).factors[:STORED])
    labels = np.concatenate([read_labels(data, text, where) for data, text, where in _groups(files)])
    images = prepared_images(
        f"{name}-{fingerprint(*files)}",
        (len(labels), 3, SIZE, SIZE),
        lambda: _blocks(files),
        f"{name}, copied from {folder}",
    )
    return ArrayDataset("boxhead_files", images, space, _levels(space, labels, name), f"read from {folder}")


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
        floor, wall = np.asarray(label["bg_color"], np.float64)
        parts = {key: np.asarray(label[key], np.float64).reshape(-1) for key in KEYS}
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise UsageError(f"each label of {where} must hold the numbers {', '.join(KEYS)}; got {error!r}.") from error
    sizes = {key: len(part) for key, part in parts.items()}
    require(sizes == KEYS, f"each label of {where} must hold {KEYS} numbers", sizes)
    return np.array([wall, floor, *parts["color"], parts["scale"][0], *parts["azimuth"], *parts["eye_color"]])


class _Restricted(pickle.Unpickler):
    """Reads plain containers and NumPy numbers; a pickle that names anything else is refused before it runs."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise UsageError(f"it names {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core") if _NEW else module, name)


_NEW = int(np.__version__.partition(".")[0]) >= 2  # NumPy 2 moved numpy.core


def _unpickled(text: bytes, where: str) -> Any:
    """The object in a pickle, read with the allow-list."""
    try:
        return _Restricted(io.BytesIO(text)).load()
    except UsageError as error:
        raise UsageError(
            f"the labels of {where} may hold only numbers, NumPy arrays and plain containers; {error}. "
            "A pickle can run any code: do not open this file with other tools unless you trust its author."
        ) from error
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise UsageError(f"the labels of {where} must be a pickle; reading it failed: {error!r}.") from error


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
                require(opened and all(key.isdecimal() for key in opened), _rule(file), list(opened)[:5])
                for key in sorted(opened, key=int):
                    yield (*_contents(opened[key], file), f"{file.name}, group {key}")
        except OSError as error:
            raise UsageError(f"{file} must be a whole HDF5 file; reading it failed: {error}.") from error


def _blocks(files: list[Path]) -> Iterator[np.ndarray]:
    """Images of one group after the other -> uint8 [N, 3, 64, 64]."""
    for data, _, where in _groups(files):
        try:
            images = data[()]
        except OSError as error:
            raise UsageError(f"the images of {where} must be readable; got '{error}'. Fetch the file again.") from error
        yield images.transpose(0, 3, 1, 2)


def _contents(group: Any, file: Path) -> tuple[h5py.Dataset, bytes]:
    """The two datasets of a group, checked."""
    import h5py

    require(isinstance(group, h5py.Group) and {"data", "labels"} <= set(group), _rule(file), f"{group}")
    data = group["data"]
    require(data.dtype == np.uint8 and data.ndim == 4 and data.shape[1:] == (SIZE, SIZE, 3), _rule(file), f"{data}")
    return data, bytes(group["labels"][()])


def _rule(file: Path) -> str:
    return f"{file} must hold groups 0, 1, … of 'data' (uint8 [N, {SIZE}, {SIZE}, 3]) and 'labels'"


def _levels(space: FactorSpace, labels: np.ndarray, name: str) -> np.ndarray:
    """The level of every stored value -> int64 [N, 9]."""
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
