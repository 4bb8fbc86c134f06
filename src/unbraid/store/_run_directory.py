"""The folder of one run, file by file, read in one way: damage becomes a message with the file and its cure."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import yaml

from unbraid import __version__
from unbraid.core import UsageError, require
from unbraid.core.checks import sentence
from unbraid.core.places import read_json, require_place
from unbraid.store._files import read_mapping, whole_file, writable

if TYPE_CHECKING:
    import pandas as pd

CONFIG = "config.yaml"
STATUS = "status.json"
LOG = "log.csv"
HUB_CONFIG = "config.json"  # of an export, where model hubs look for it
CHECKPOINT = "checkpoint.safetensors"
MODEL = "model.safetensors"
CRITICS = "critics.safetensors"
REPRESENTATION = "representation.safetensors"
ARRAYS = "arrays.safetensors"
METRICS = "metrics.parquet"
BASELINES = "baselines.parquet"
CHECKS = "checks.parquet"
LABELS_FILE = "labels.json"  # which file of labels is taken in place of the dataset's own
DAMAGED = "delete it and ask again"
SET_ASIDE = ".damaged"  # ending of a derived file that could not be read

T = TypeVar("T")


class RunDirectory:
    """The folder of one run, read and written file by file."""

    def __init__(self, path: Path | str) -> None:
        require_place(path, "the folder of a run")
        self.path = Path(path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def has(self, name: str) -> bool:
        """Whether the file is there (and then it is whole)."""
        return os.path.isfile(self.path / name)  # which no name and no forbidden folder makes raise

    def derived(self, name: str, read: Callable[[], T]) -> T | None:
        """What `read` makes of a derived file, None where it is not there; a damaged one is set aside to be made again.

        The folder must be held (see `sole_writer`).
        """
        if not self.has(name):
            return None
        try:
            return read()
        except DamagedFileError:
            with writable(self.path / name):
                (self.path / name).replace(self.path / f"{name}{SET_ASIDE}")
            return None

    def require_there(self) -> None:
        """Raise `UsageError` where the folder of a run in progress was deleted or moved."""
        rule = f"the folder of a run must stay while it is trained; {self.path} holds no {CONFIG} any more"
        require(self.has(CONFIG), rule, do="the same command starts it again; it goes on where the folder is put back")

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
        try:
            versions = self.read_status().get("versions")
        except DamagedFileError:  # it names no version; whoever needs what it holds says that it is damaged
            return
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
        with self.reading(STATUS):
            status = read_json((self.path / STATUS).read_text(encoding="utf-8"))
            require(isinstance(status, dict), "it must be a mapping", f"{status!r:.80}")
            step = status.get("step", 0)
            require(type(step) is int and step >= 0, "step must be a whole number", f"{step!r:.80}")
        return dict(status)

    def write_tensors(self, name: str, arrays: Mapping[str, np.ndarray], note: Mapping[str, Any] | None = None) -> None:
        """Replace a safetensors file; `note` is JSON kept in its header."""
        from safetensors.numpy import save_file

        ready = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
        with whole_file(self.path / name) as aside, _system_errors():
            save_file(ready, aside, metadata={"note": json.dumps(dict(note or {}))})

    def read_tensors(self, name: str) -> dict[str, np.ndarray]:
        """All arrays of a safetensors file."""
        from safetensors.numpy import load_file

        with self.reading(name):
            return load_file(self.path / name)

    def read_note(self, name: str) -> dict[str, Any]:
        """The JSON note of a safetensors file."""
        from safetensors import safe_open

        with self.reading(name), safe_open(self.path / name, framework="numpy") as file:
            note = read_json((file.metadata() or {}).get("note", "{}"))
            require(isinstance(note, dict), "its note must be a mapping", f"{note!r:.80}")
        return dict(note)

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Turn whatever reading a file raises into a `UsageError`: it is missing, cannot be read, or is damaged."""
        path = self.path / name
        try:
            yield
        except FileNotFoundError as error:
            raise UsageError(
                f"a run must hold {name}; {path} is not there; make it first, or give another run."
            ) from error
        except (DamagedFileError, MemoryError, ImportError):
            raise
        except Exception as error:  # safetensors' own, those of JSON, of types that NumPy does not have, …
            if isinstance(error, OSError) and error.errno:
                rule = f"{path} must be readable"
                raise UsageError(
                    sentence(rule, error.strerror, "change its permissions, or repair the disk")
                ) from error
            raise DamagedFileError(f"{path} is damaged ({' '.join(str(error).split()):.200}); {DAMAGED}.") from error

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
            raise UsageError(
                f"a run must hold {name}; {self.path / name} is not there; run `unbraid evaluate {self.path}` first."
            )
        with self.reading(name):
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
        if not self.has(LOG):
            return []
        with self.reading(LOG), path.open(newline="", encoding="utf-8") as file:
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


class DamagedFileError(UsageError):
    """A file of a run holds what no version wrote."""


class NewerVersionError(UsageError):
    """A run folder was written by a newer version of unbraid."""


@contextmanager
def _system_errors() -> Iterator[None]:
    """Let a refusal of the system that safetensors reports as its own error be an `OSError` again."""
    from safetensors import SafetensorError

    try:
        yield
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a release, `0.3.0rc1` being of 0.3; none where there is no version."""
    release = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    numbers = [int(number) for number in release[0].split(".")] if release else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _columns(path: Path) -> list[str] | None:
    """Header of a CSV file, None when there is none."""
    if not os.path.isfile(path):
        return None
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file), None)


def _parsed(row: Mapping[str | None, Any]) -> dict[str, float] | None:
    """Numbers of one row, None when it is torn."""
    try:
        return {str(key): float(cell) for key, cell in row.items() if cell not in ("", None)}
    except (TypeError, ValueError):
        return None
