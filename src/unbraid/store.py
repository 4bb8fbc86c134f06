"""A run directory: whole files, a status, an append-only log. Nothing is pickled.

A file is absent or whole: it is written aside and renamed. Deleting a derived file and asking again makes it again.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from unbraid import __version__
from unbraid.core import UsageError, require
from unbraid.core.yaml_text import read_yaml

if TYPE_CHECKING:
    import pandas as pd

CONFIG, STATUS, LOG = "config.yaml", "status.json", "log.csv"
HUB_CONFIG = "config.json"  # of an export, where model hubs look for it
CHECKPOINT, MODEL = "checkpoint.safetensors", "model.safetensors"
CRITICS = "critics.safetensors"
REPRESENTATION, ARRAYS, METRICS = "representation.safetensors", "arrays.safetensors", "metrics.parquet"
BASELINES, CHECKS = "baselines.parquet", "checks.parquet"
DAMAGED = "delete it and ask again"


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a `UsageError` that says what to do; nothing half-written stays."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "the disk is full: free some space and run the same command again, it goes on",
            errno.EDQUOT: "your disk quota is used up: free some space and run the same command again, it goes on",
            errno.EACCES: "it is not writable: choose another folder or change its permissions",
            errno.EPERM: "it is not writable: choose another folder or change its permissions",
            errno.EROFS: "the file system is read-only: choose another folder",
            errno.ENOTDIR: "a part of the path is a file: choose another folder",
        }.get(error.errno or 0)
        if advice is None:
            raise
        raise UsageError(f"cannot write {path}: {advice}.") from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path aside to write to; it replaces `path` when the block ends well, and vanishes when it does not."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield aside
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"{what} must exist; {path} does not; {do}.") from error
    except (UnicodeDecodeError, OSError, ValueError) as error:
        raise UsageError(f"{what} must be YAML; {path}: {error}; {do}.") from error
    content = read_yaml(text, what, f"repair {path}, or {do}")
    require(isinstance(content, dict), f"{what} must be a mapping", f"{type(content).__name__} in {path}", do)
    return content


class RunDirectory:
    """The folder of one run, read and written file by file."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def has(self, name: str) -> bool:
        """Whether the file is there (and then it is whole)."""
        return (self.path / name).is_file()

    def write_text(self, name: str, text: str) -> None:
        """Replace a text file."""
        with whole_file(self.path / name) as aside:
            aside.write_text(text, encoding="utf-8")

    def write_bytes(self, name: str, content: bytes) -> None:
        """Replace a file."""
        with whole_file(self.path / name) as aside:
            aside.write_bytes(content)

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Replace the configuration (plain dictionaries, lists, numbers and text)."""
        self.write_text(CONFIG, yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True))

    def read_config(self) -> dict[str, Any]:
        """The stored configuration.

        Raises:
            UsageError: the folder is not a run, a newer version wrote it, or its configuration is damaged.
        """
        if not self.has(CONFIG):
            raise UsageError(
                f"a run folder must hold {CONFIG}; {self.path} has none. Give the folder that training printed."
            )
        self.require_known_version()
        return read_mapping(self.path / CONFIG, "the configuration of a run", "restore it or train again")

    def require_known_version(self) -> None:
        """Refuse a run that a newer version wrote: what it holds may mean something else by now.

        Raises:
            NewerVersionError: a newer version wrote it; the message names both.
        """
        versions = self.read_status().get("versions")
        written = str(versions.get("unbraid", "")) if isinstance(versions, Mapping) else ""
        if _numbers(written) > _numbers(__version__):
            raise NewerVersionError(
                f"a run is opened by the version that wrote it or a newer one; got {self.path} of unbraid {written}, "
                f"and this is {__version__}; upgrade: pip install --upgrade unbraid."
            )

    def write_status(self, **values: Any) -> None:
        """Update the status: `state` (running, interrupted, failed, done), `step`, `steps` and what explains them."""
        self.write_text(STATUS, json.dumps({**self.read_status(), **values}, indent=1))

    def read_status(self) -> dict[str, Any]:
        """The status, empty when there is none yet.

        Raises:
            UsageError: it is damaged.
        """
        if not self.has(STATUS):
            return {}
        with self._whole(STATUS):
            status = json.loads((self.path / STATUS).read_text(encoding="utf-8"))
        require(isinstance(status, dict), f"{self.path / STATUS} must be a mapping", f"{status!r:.80}", DAMAGED)
        return status

    def write_tensors(self, name: str, arrays: Mapping[str, np.ndarray], note: Mapping[str, Any] | None = None) -> None:
        """Replace a safetensors file; `note` is JSON kept in its header."""
        from safetensors.numpy import save_file

        ready = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
        with whole_file(self.path / name) as aside:
            save_file(ready, aside, metadata={"note": json.dumps(dict(note or {}))})

    def read_tensors(self, name: str) -> dict[str, np.ndarray]:
        """All arrays of a safetensors file."""
        from safetensors.numpy import load_file

        with self._whole(name):
            return load_file(self.path / name)

    def read_note(self, name: str) -> dict[str, Any]:
        """The JSON note of a safetensors file."""
        from safetensors import safe_open

        with self._whole(name), safe_open(self.path / name, framework="numpy") as file:
            note = json.loads((file.metadata() or {}).get("note", "{}"))
        require(isinstance(note, dict), f"the note of {self.path / name} must be a mapping", f"{note!r:.80}", DAMAGED)
        return note

    @contextmanager
    def _whole(self, name: str) -> Iterator[None]:
        """Turn a missing or damaged file into a `UsageError`."""
        try:
            yield
        except FileNotFoundError as error:
            raise UsageError(f"{self.path / name} is not there; make it first, or give another run.") from error
        except Exception as error:  # safetensors' own, those of JSON, of types that NumPy does not have, …
            raise UsageError(f"{self.path / name} is damaged ({error}); {DAMAGED}.") from error

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Replace a Parquet table."""
        with whole_file(self.path / name) as aside:
            frame.to_parquet(aside, index=False)

    def read_table(self, name: str) -> pd.DataFrame:
        """A Parquet table.

        Raises:
            UsageError: it is not there.
        """
        import pandas as pd

        if not self.has(name):
            raise UsageError(f"{self.path / name} is not there; run `unbraid evaluate {self.path}` first.")
        with self._whole(name):
            return pd.read_parquet(self.path / name)

    def append_log(self, row: Mapping[str, float]) -> None:
        """Add one row to the log; the first row (of a run or a phase with other columns) fixes the columns."""
        path = self.path / LOG
        columns = _columns(path)
        with writable(path):
            if columns is None or not set(row) <= set(columns):
                rows = self.read_log()
                columns = list(dict.fromkeys([*(columns or []), *row]))
                self._write_log(columns, [*rows, dict(row)])
                return
            with path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, columns, restval="").writerow(row)

    def read_log(self) -> list[dict[str, float]]:
        """All rows of the log; empty cells are left out, a torn last row is dropped.

        Raises:
            UsageError: it is no text.
        """
        path = self.path / LOG
        if not path.is_file():
            return []
        with self._whole(LOG), path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [parsed for row in rows if (parsed := _parsed(row)) is not None]

    def cut_log(self, step: int) -> None:
        """Drop the rows after `step`: they belong to work that a resumed run does again."""
        rows = self.read_log()
        columns = _columns(self.path / LOG)
        if columns is not None:
            self._write_log(columns, [row for row in rows if row["step"] <= step])

    def _write_log(self, columns: list[str], rows: list[dict[str, float]]) -> None:
        with whole_file(self.path / LOG) as aside, aside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


class NewerVersionError(UsageError):
    """A run folder was written by a newer version of unbraid."""


class RunInUseError(UsageError):
    """Another process holds the folder."""


@contextmanager
def sole_writer(path: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold a folder for one process; the lock ends with the process, however it ends.

    A thread that holds the folder already may hold it again.

    Args:
        path: the folder.
        wait: seconds to wait for another process that holds it.

    Raises:
        RunInUseError: another process holds it.
    """
    from filelock import FileLock, Timeout

    with writable(path):
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / ".lock", timeout=0, is_singleton=True)
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise RunInUseError(
                f"{path} is in use by another process; wait for it, or choose another folder."
            ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def left_as_it_was(path: Path) -> Iterator[None]:
    """Where work is refused with a UsageError before it has a status, take away the folder that was made for it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        yield
    except UsageError:
        if missing and not (path / STATUS).exists():
            with suppress(OSError):  # it could not be made, or something else came there meanwhile
                for name in (CONFIG, ".lock"):
                    (path / name).unlink(missing_ok=True)
                for folder in missing:
                    folder.rmdir()
        raise


def in_use(path: Path) -> bool:
    """Whether a process holds the folder now."""
    try:
        with sole_writer(path):
            return False
    except UsageError:
        return True


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a release, `0.3.0rc1` being of 0.3; none where there is no version."""
    release = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    numbers = [int(number) for number in release[0].split(".")] if release else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _columns(path: Path) -> list[str] | None:
    """Header of a CSV file, None when there is none."""
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file), None)


def _parsed(row: Mapping[str | None, Any]) -> dict[str, float] | None:
    """Numbers of one row, None when it is torn."""
    try:
        return {str(key): float(cell) for key, cell in row.items() if cell not in ("", None)}
    except (TypeError, ValueError):
        return None
