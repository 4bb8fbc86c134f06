"""Images made ready once, block by block, in a memory-mapped array: RAM never holds them all."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from unbraid.core import progress_bar
from unbraid.data._files.cache import cache_folder, prepared_array

BLOCK_BYTES = 16 * 2**20  # images are read, converted and written in blocks of about this size
MOST_BYTES = 2**28  # rows that a file compresses together are read together up to this size
Shape = tuple[int, int, int, int]


def kept_shape(name: str) -> Shape | None:
    """Shape of the images kept as `name`, or None when they are not there yet; they may still prove damaged."""
    path = _path(name)
    if not path.with_suffix(".json").exists():
        return None
    try:
        shape = np.lib.format.open_memmap(path, mode="r").shape
    except Exception:  # a garbled header raises nearly anything; it is made again
        return None
    return shape if len(shape) == 4 else None


def prepared_images(name: str, shape: Shape, blocks: Callable[[], Iterable[np.ndarray]], about: str) -> np.ndarray:
    """The uint8 images [N, C, H, W] kept as `name` in the data folder, memory-mapped; made from `blocks()` if missing.

    Blocks are consecutive rows; the file is absent or whole.
    """
    return prepared_array(
        _path(name), shape, np.uint8, lambda array: _fill(array, blocks(), f"preparing {name}"), about
    )


def images_in_memory(shape: Shape, blocks: Iterable[np.ndarray]) -> np.ndarray:
    """The uint8 images [N, C, H, W] of `blocks` in RAM."""
    array = np.empty(shape, np.uint8)
    _fill(array, blocks, "reading images")
    return array


def _fill(array: np.ndarray, blocks: Iterable[np.ndarray], what: str) -> None:
    """Write consecutive blocks of rows into `array`, with a bar."""
    done = 0
    with progress_bar(what) as progress:
        for block in blocks:
            array[done : done + len(block)] = block
            done += len(block)
            release(array)
            progress(what, done, len(array))
    assert done == len(array), f"{done} rows written of {len(array)}"


def release(array: np.ndarray) -> None:
    """Let the system take back the pages of a memory map that were written; the file keeps them."""
    pages = getattr(array, "_mmap", None)
    if pages is not None and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


def _path(name: str) -> Path:
    return cache_folder() / "prepared" / f"{name}.npy"


def fingerprint(*files: Path, **options: object) -> str:
    """Sixteen letters that change whenever a file's place, size or time does, or an option."""
    stamp = hashlib.sha256(repr(sorted(options.items())).encode())
    for file in files:
        state = file.stat()
        stamp.update(f"{file.resolve()} {state.st_size} {state.st_mtime_ns}\n".encode())
    return stamp.hexdigest()[:16]


def spans(rows: int, row_bytes: int, together: int = 1) -> Iterator[slice]:
    """Slices that cover `rows` rows in blocks of about 16 MiB, whole groups of `together` rows where they fit RAM."""
    step = max(1, BLOCK_BYTES // max(row_bytes, 1))
    if together * row_bytes <= MOST_BYTES:
        step = -(-step // together) * together
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
