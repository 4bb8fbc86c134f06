"""What a derived file was made from, so that it is never taken for one of other weights."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

from unbraid.store._run_directory import CHECKPOINT, MODEL, RunDirectory

DIGITS = 16


def weights_digest(folder: RunDirectory) -> str:
    """A hash of the file that holds a run's weights, the checkpoint's where training has not ended; "" without any."""
    for name in (MODEL, CHECKPOINT):
        if folder.has(name):
            with folder.reading(name):
                return file_digest(folder / name)
    return ""


def file_digest(path: Path) -> str:
    """The first hex digits of a file's SHA-256; a file that did not change meanwhile is not read twice."""
    state = os.stat(path)
    return _digest(str(path.resolve()), state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@functools.lru_cache(maxsize=4096)
def _digest(path: str, *_: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
