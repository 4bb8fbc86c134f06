"""Files that are whole or absent, and what the operating system refuses as a message."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unbraid.core import UsageError, require
from unbraid.core.places import require_place, require_plain_file
from unbraid.core.yaml_text import MOST_TEXT, read_yaml

if TYPE_CHECKING:
    import pandas as pd

FRAMES = (".csv", ".parquet")
ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and run the same command again, it goes on",
    errno.EDQUOT: "your disk quota is used up: free some space and run the same command again, it goes on",
    errno.EACCES: "it is not writable: choose another folder or change its permissions",
    errno.EPERM: "it is not writable: choose another folder or change its permissions",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EEXIST: "a part of the path is a file: choose another folder",
    errno.EISDIR: "it is a folder: choose another name",
    errno.ENAMETOOLONG: "the name is too long: choose a shorter one",
    errno.ELOOP: "its links lead in a circle: choose another folder",
    errno.ENOENT: "its folder is not there and cannot be made, or was deleted: choose another folder",
    errno.EINVAL: "the file system does not take that name: choose another",
    errno.EIO: "the disk reports an error: choose another",
}


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a `UsageError` that says what to do."""
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0)
        if advice is None:
            raise
        raise UsageError(f"cannot write {path}: {advice}.") from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path aside to write to; it replaces `path` when the block ends well, and vanishes when it does not.

    Raises:
        UsageError: `path` is no place for a file, or cannot be written.
    """
    require(path.name, "a file to write needs a name", f"{path}", "name a file in a folder")
    require_place(path, "a file to write")
    require_plain_file(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.touch()
            mode = aside.stat().st_mode  # as the umask has it: some libraries replace the file by one of their own
            yield aside
            aside.chmod(mode)
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder aside to write files to; it becomes `path` when the block ends well, and vanishes when it does not.

    Raises:
        UsageError: `path` holds something already, or cannot be written.
    """
    require_place(path, "a folder to write")
    there = path.exists() and (not path.is_dir() or any(path.iterdir()))
    require(not there, "a folder of new files must be empty, or not there yet", f"{path}", "give another --out")
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with writable(path):
        try:
            aside.mkdir(parents=True)
            yield aside
            aside.replace(path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Replace a Parquet table; a column of mixed values is written as text."""
    mixed = {name: "string" for name in frame.columns if frame[name].dtype == object}
    with whole_file(path) as aside:
        frame.astype(mixed).to_parquet(aside, index=False)


def read_mapping(path: Path | Traversable, what: str, do: str) -> dict[str, Any]:
    """The mapping that a YAML file holds; `what` names the file and `do` says what to do where it cannot be read.

    Raises:
        UsageError: not there, not YAML, not a mapping.
    """
    try:
        with path.open("rb") as file:  # no more than is read: a device has no end
            text = file.read(4 * MOST_TEXT).decode("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"{what} must exist; {path} does not; {do}.") from error
    except (UnicodeDecodeError, OSError, ValueError) as error:
        raise UsageError(f"{what} must be YAML; {path}: {error}; {do}.") from error
    content = read_yaml(text, what, f"repair {path}, or {do}")
    require(isinstance(content, dict), f"{what} must be a mapping", f"{type(content).__name__} in {path}", do)
    return content
