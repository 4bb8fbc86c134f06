"""One writer of a folder at a time, and the left-overs of writers that were killed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unbraid.core import UsageError
from unbraid.core.places import require_place
from unbraid.store._files import writable

LOCK = ".lock"
ASIDE = re.compile(r"\.(?P<file>.+)\.(?P<pid>\d{1,9})\.partial")
OF_TENSORS = re.compile(r"\.tmp[A-Za-z0-9]{6}")  # safetensors writes into such a file before it renames it


class RunInUseError(UsageError):
    """Another process holds the folder."""


@contextmanager
def sole_writer(path: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold a folder for one process; the lock ends with the process, however it ends.

    A thread that holds the folder already may hold it again. What killed writers left behind is swept.

    Args:
        path: the folder.
        wait: seconds to wait for another process that holds it.

    Raises:
        RunInUseError: another process holds it.
    """
    from filelock import FileLock, Timeout

    require_place(path, "a folder")
    with writable(path):
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / LOCK, timeout=0, is_singleton=True)
        again = lock.is_locked
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise RunInUseError(
                f"{path} is in use by another process; wait for it, or choose another folder."
            ) from error
    try:
        if not again:
            _sweep(path)
        yield
    finally:
        lock.release()


def in_use(path: Path) -> bool:
    """Whether a process holds the folder now."""
    try:
        with sole_writer(path):
            return False
    except UsageError:
        return True


def is_left_over(name: str) -> bool:
    """Whether a file of that name is one that a writer made aside."""
    return bool(ASIDE.fullmatch(name) or OF_TENSORS.fullmatch(name))


def _sweep(path: Path) -> None:
    """Remove what killed writers made aside; a process that is alive may be writing a page, which needs no lock."""
    for file in path.iterdir():
        aside = ASIDE.fullmatch(file.name)
        if OF_TENSORS.fullmatch(file.name) or (aside and not _is_alive(int(aside["pid"]))):
            if file.is_dir() and not file.is_symlink():
                shutil.rmtree(file, ignore_errors=True)
            else:
                file.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another person's
        return True
    return True
