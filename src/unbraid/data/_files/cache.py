"""The folder of prepared data, and arrays in it that are whole, checked and memory-mapped."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import UsageError
from unbraid.core.places import expanded, read_json

BLOCK = 1 << 24  # bytes per read while summing
ALWAYS_SUMMED = 1 << 29  # bytes; a smaller array is summed whenever it is opened (0.3 s), a larger one when it changed


def cache_folder() -> Path:
    """Where prepared and downloaded data lie: $UNBRAID_DATA, else $XDG_CACHE_HOME/unbraid, else ~/.cache/unbraid."""
    if os.environ.get("UNBRAID_DATA"):
        return expanded(os.environ["UNBRAID_DATA"])
    return expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "unbraid"


def prepared_array(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.typing.DTypeLike,
    fill: Callable[[np.ndarray], None],
    about: str = "",
) -> np.ndarray:
    """The array stored at `path` (.npy), memory-mapped; made first, when missing or damaged.

    `fill(array)` writes it in a file aside, which is then renamed; a .json file beside it states its size and
    checksum. Two processes that ask at once take turns, and the second finds it ready.

    Raises:
        UsageError: the folder cannot be written, or the disk is full.
    """
    return ready_array(path, shape, dtype, lambda: _make(path, shape, dtype, fill, about))


def ready_array(
    path: Path, shape: tuple[int, ...], dtype: np.typing.DTypeLike, make: Callable[[], None], hint: str = ""
) -> np.ndarray:
    """The array stored at `path`, memory-mapped; `make()` puts it there first, when it is missing or damaged.

    `hint` ends the message about a folder that cannot be written; see `prepared_array` for the rest.
    """
    if damage(path, shape, dtype):
        from filelock import FileLock

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_suffix(".lock")):
                if damage(path, shape, dtype):
                    make()
        except OSError as error:
            raise UsageError(
                f"preparing {path.name} needs a writable folder and {_size(shape, dtype) / 1e6:.0f} MB free; "
                f"got '{error}'. Free some space, or point UNBRAID_DATA to another folder{hint}."
            ) from error
    _note_sum(path)
    array: np.ndarray = np.lib.format.open_memmap(path, mode="r")
    return array


def damage(path: Path, shape: tuple[int, ...], dtype: np.typing.DTypeLike) -> str:
    """What is wrong with a prepared array, in words; empty when it is whole."""
    if not os.path.lexists(path):
        return "it is missing"
    try:
        stated = read_json(path.with_suffix(".json").read_text(encoding="utf-8"))
        array = np.lib.format.open_memmap(path, mode="r")
        if not isinstance(stated, dict):
            return f"its note is no mapping but {type(stated).__name__}"
    except Exception as error:  # a garbled header raises nearly anything
        return f"it cannot be read ({' '.join(str(error).split()):.200})"
    if array.shape != tuple(shape) or array.dtype != np.dtype(dtype):
        return f"it holds {array.dtype} {array.shape}, not {np.dtype(dtype)} {tuple(shape)}"
    if path.stat().st_size != stated.get("bytes"):
        return f"it has {path.stat().st_size} bytes, not {stated.get('bytes')}"
    if path.stat().st_size >= ALWAYS_SUMMED and _summed(path) == stated.get("summed"):
        return ""
    return "" if checksum(path) == stated.get("crc32") else "its checksum differs"


def _summed(path: Path) -> list[int]:
    """What tells whether a file was written to since it was summed."""
    state = path.stat()
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


def _note_sum(path: Path) -> None:
    """Note that a large array was summed as it is now; where that cannot be written it is summed again."""
    if path.stat().st_size < ALWAYS_SUMMED:
        return
    note, aside = path.with_suffix(".json"), path.with_suffix(f".json.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        stated = read_json(note.read_text(encoding="utf-8"))
        if stated.get("summed") != _summed(path):
            aside.write_text(json.dumps({**stated, "summed": _summed(path)}, indent=1), encoding="utf-8")
            os.replace(aside, note)


def checksum(path: Path) -> int:
    """CRC-32 of a whole file: finds damage, not tampering."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total = zlib.crc32(block, total)
    return total


def _make(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.typing.DTypeLike,
    fill: Callable[[np.ndarray], None],
    about: str,
) -> None:
    """Write aside, flush, and give it its name."""
    aside = path.with_suffix(".part")
    try:
        array = np.lib.format.open_memmap(aside, mode="w+", dtype=np.dtype(dtype), shape=tuple(shape))
        reserve(aside)
        fill(array)
        array.flush()
        complete_array(aside, path, about)
    finally:
        aside.unlink(missing_ok=True)


def complete_array(aside: Path, path: Path, about: str) -> None:
    """State size and checksum of an array that was written aside, and give it its name."""
    stated: dict[str, Any] = {"about": about, "bytes": aside.stat().st_size, "crc32": checksum(aside)}
    note = path.with_suffix(".json.part")
    note.write_text(json.dumps(stated, indent=1), encoding="utf-8")
    os.replace(aside, path)
    os.replace(note, path.with_suffix(".json"))


def reserve(path: Path) -> None:
    """Claim the disk space of the sparse file: running out inside a memory map would kill the process, not raise."""
    with path.open("r+b") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _size(shape: tuple[int, ...], dtype: np.typing.DTypeLike) -> int:
    """In bytes."""
    return int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
