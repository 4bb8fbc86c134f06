"""Arrays in files, read row block by row block: npz members, npy files and HDF5 datasets look the same from here."""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import UsageError, did_you_mean, require
from unbraid.core.hdf5 import require_own_numbers
from unbraid.core.memory import require_memory
from unbraid.core.npz import member_header, npy_header
from unbraid.core.web_pages import require_data
from unbraid.data._files.prepared import spans

FORMATS = (".npz", ".npy", ".h5", ".hdf5")


@dataclass(frozen=True)
class StoredArray:
    """One array of a file: its shape and dtype, and its rows in consecutive blocks."""

    shape: tuple[int, ...]
    dtype: np.dtype
    blocks: Callable[[], Iterator[np.ndarray]]

    def whole(self) -> np.ndarray:
        """All rows in RAM: for small arrays such as factor tables."""
        require_memory(2 * math.prod(self.shape) * self.dtype.itemsize, f"an array {self.dtype} {self.shape}")
        return np.concatenate(list(self.blocks())) if self.shape[0] else np.empty(self.shape, self.dtype)


def stored_arrays(file: Path) -> dict[str, StoredArray]:
    """Every array of an npz, npy or HDF5 file by name; a .npy holds one, called "array".

    Raises:
        UsageError: no such file, another format, a damaged file.
    """
    require(os.path.isfile(file), "path must be an existing .npz, .npy, .h5 or .hdf5 file", repr(str(file)))
    require(file.suffix.lower() in FORMATS, "path must end in .npz, .npy, .h5 or .hdf5", repr(file.name))
    require_data(file)
    try:
        if file.suffix.lower() == ".npz":
            return _from_npz(file)
        if file.suffix.lower() == ".npy":
            return {"array": _from_memory(np.lib.format.open_memmap(file, mode="r"))}
        return _from_hdf5(file)
    except UsageError:
        raise
    except Exception as error:  # a damaged header can raise nearly anything
        raise UsageError(
            f"{file} must be a whole {file.suffix} file; reading it failed: {error}; copy or fetch it again."
        ) from error


def pick(arrays: dict[str, StoredArray], key: str, file: Path) -> StoredArray:
    """The array called `key`; a `UsageError` lists what the file holds."""
    if key not in arrays:
        held = ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "no arrays"
        raise UsageError(f"{file} must hold an array '{key}'; it holds {held}. {did_you_mean(key, arrays)}".rstrip())
    return arrays[key]


def _from_memory(array: np.ndarray) -> StoredArray:
    """Blocks of an array in RAM or memory-mapped."""
    row_bytes = int(np.prod(array.shape[1:], dtype=np.int64)) * array.dtype.itemsize

    def blocks() -> Iterator[np.ndarray]:
        yield from (array[span] for span in spans(len(array), row_bytes))

    require(array.ndim >= 1, "a stored array must have rows", "a single number")
    return StoredArray(array.shape, array.dtype, blocks)


def _from_npz(file: Path) -> dict[str, StoredArray]:
    """Members of an npz, decompressed as a stream: an array of any size passes through a few MB."""
    arrays = {}
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            if member.endswith(".npy"):
                shape, fortran, dtype = member_header(archive, member, file)
                if dtype.hasobject or not shape:
                    continue  # pickled objects are never read, single numbers are no rows
                if fortran and len(shape) > 1:
                    with archive.open(member) as stream:
                        arrays[member[:-4]] = _from_memory(np.lib.format.read_array(stream, allow_pickle=False))
                else:
                    arrays[member[:-4]] = StoredArray(shape, dtype, _npz_blocks(file, member, shape, dtype))
    return arrays


def _npz_blocks(file: Path, member: str, shape: tuple[int, ...], dtype: np.dtype) -> Callable[[], Iterator[np.ndarray]]:
    """Row blocks of one member."""
    row_bytes = int(np.prod(shape[1:], dtype=np.int64)) * dtype.itemsize

    def blocks() -> Iterator[np.ndarray]:
        try:
            with zipfile.ZipFile(file) as archive, archive.open(member) as stream:
                npy_header(stream)
                for span in spans(shape[0], row_bytes):
                    rows = span.stop - span.start
                    data = stream.read(rows * row_bytes)
                    if len(data) != rows * row_bytes:
                        raise EOFError(f"'{member}' ends after {len(data)} bytes of a block of {rows * row_bytes}")
                    yield np.frombuffer(data, dtype).reshape(rows, *shape[1:])
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as error:
            raise UsageError(
                f"{file} must be a whole npz; reading '{member}' failed: {error}; copy or fetch it again."
            ) from error

    return blocks


def _from_hdf5(file: Path) -> dict[str, StoredArray]:
    """Datasets of an HDF5 file by path, such as "latents/classes"; rows are read in order, block by block."""
    import h5py

    arrays: dict[str, StoredArray] = {}

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim >= 1 and not item.dtype.hasobject:
            require_own_numbers(item, file)
            arrays[name] = StoredArray(item.shape, item.dtype, _hdf5_blocks(file, name, item.shape, item.dtype))

    with h5py.File(file, "r") as source:
        source.visititems(note)
    return arrays


def _hdf5_blocks(file: Path, name: str, shape: tuple[int, ...], dtype: np.dtype) -> Callable[[], Iterator[np.ndarray]]:
    """Row blocks of one dataset."""
    row_bytes = int(np.prod(shape[1:], dtype=np.int64)) * dtype.itemsize

    def blocks() -> Iterator[np.ndarray]:
        import h5py

        try:
            with h5py.File(file, "r") as source:
                stored = source[name]
                together = stored.chunks[0] if stored.chunks else 1  # else each chunk is decompressed several times
                yield from (stored[span] for span in spans(shape[0], row_bytes, together))
        except MemoryError:
            raise
        except Exception as error:  # of a damaged file h5py raises OSError, KeyError, RuntimeError, ValueError, …
            raise UsageError(
                f"{file} must be a whole HDF5 file; reading '{name}' failed: {error}; copy or fetch it again."
            ) from error

    return blocks
