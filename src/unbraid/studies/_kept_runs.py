"""The kept runs of a study: one folder of a few files that says of many runs what their own folders say, but weights.

    configs.jsonl      a line per run: its name, complete configuration and status (with versions)
    scores.parquet     their scores; progress.parquet, those over training, where there are any
    checks.parquet     their manipulation checks and evaluation-mode losses
    log.parquet        their training logs
    thumbnails.zip     the arrays and pictures that their small figures are drawn from
    codes.safetensors  1,000 rows of their latents in use, see `_kept_codes`
    provenance.json    the claims and the grid when the first run started, and what was changed later
    shared.jsonl       what was measured for several runs at once, where there is any

The tables have a column `run`. A run that `configs.jsonl` does not name is not there.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import UsageError, require
from unbraid.core.places import read_json
from unbraid.metrics import Representation
from unbraid.studies._former_methods import as_asked_today
from unbraid.studies._kept_codes import KeptCodes, read_codes
from unbraid.studies._record import RunRecord
from unbraid.studies._thumbnails import unpacked

CONFIGS, SCORES, PROGRESS, LOG = "configs.jsonl", "scores.parquet", "progress.parquet", "log.parquet"
BASELINES, CHECKS = "baselines.parquet", "checks.parquet"
THUMBNAILS, SHARED = "thumbnails.zip", "shared.jsonl"
RUN = "run"  # the column that says whose row it is


class KeptRuns:
    """The folder of a study's kept runs, each of its files read once, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def lines(self) -> dict[str, dict[str, Any]]:
        """Run -> its configuration and status."""
        return {line["run"]: line for line in self._jsonl(CONFIGS)}

    @cached_property
    def shared(self) -> dict[str, Any]:
        """Name -> what was measured for several runs at once."""
        return {line["name"]: line["content"] for line in self._jsonl(SHARED)}

    @cached_property
    def scores(self) -> dict[str, pd.DataFrame]:
        """Run -> its table of scores."""
        return self._by_run(SCORES)

    @cached_property
    def baselines(self) -> dict[str, pd.DataFrame]:
        """Run -> its table of the scores of baselines."""
        return self._by_run(BASELINES)

    @cached_property
    def checks(self) -> dict[str, pd.DataFrame]:
        """Run -> its table of checks; none of runs that were kept before there were any."""
        return self._by_run(CHECKS)

    @cached_property
    def codes(self) -> dict[str, KeptCodes]:
        """Run -> some of its codes."""
        with _reading(self.folder, "hold whole codes"):
            return read_codes(self.folder)

    @cached_property
    def progress(self) -> dict[str, pd.DataFrame]:
        """Run -> its scores over training."""
        return self._by_run(PROGRESS)

    @cached_property
    def log(self) -> dict[str, pd.DataFrame]:
        """Run -> its training log."""
        return self._by_run(LOG)

    def records(self) -> dict[str, KeptRun]:
        """Run -> what there is of it."""
        return {name: KeptRun(self, name) for name in self.lines}

    def thumbnail_files(self, run: str) -> dict[str, bytes]:
        """The packed thumbnails of a run: file ending -> content; empty where it has none."""
        path = self.folder / THUMBNAILS
        if not path.is_file():
            return {}
        with _reading(path, "be a whole zip"), zipfile.ZipFile(path) as archive:
            return {
                name.removeprefix(f"{run}."): archive.read(name)
                for name in archive.namelist()
                if name.startswith(f"{run}.")
            }

    def _jsonl(self, name: str) -> list[dict[str, Any]]:
        """The lines of a file, none where it is not there."""
        path = self.folder / name
        if not path.is_file():
            return []
        with _reading(path, "hold one JSON object a line"):
            lines = [read_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
            keys = {CONFIGS: {"run", "config", "status"}, SHARED: {"name", "content"}}[name]
            strange = [line for line in lines if not isinstance(line, dict) or not keys <= set(line)]
            require(not strange, f"keys of a line are {', '.join(sorted(keys))}", f"{strange[:1]!r:.80}")
            return lines

    def _by_run(self, name: str) -> dict[str, pd.DataFrame]:
        """The rows of each run in a table, none where the table is not there."""
        path = self.folder / name
        if not path.is_file():
            return {}
        with _reading(path, f"be a whole Parquet table with a column {RUN}"):
            groups = pd.read_parquet(path).groupby(RUN, sort=False)
        return {str(run): rows.drop(columns=RUN).reset_index(drop=True) for run, rows in groups}


@contextmanager
def _reading(path: Path, rule: str) -> Iterator[None]:
    """Turn whatever reading a file of kept runs raises into a `UsageError` with the file and its cure."""
    try:
        yield
    except (MemoryError, ImportError):
        raise
    except Exception as error:
        came = " ".join(str(error).split())[:200]
        raise UsageError(f"{path} must {rule}; {came}. Restore it, or keep again.") from error


class KeptRun(RunRecord):
    """One of a study's kept runs."""

    def __init__(self, kept: KeptRuns, name: str) -> None:
        self._kept, self._name = kept, name

    @property
    def name(self) -> str:
        """The run's folder name."""
        return self._name

    @property
    def folder(self) -> Path:
        """The folder of the study's kept runs."""
        return self._kept.folder

    def config(self) -> dict[str, Any]:
        """Its configuration."""
        return dict(self._kept.lines[self._name]["config"])

    def status(self) -> dict[str, Any]:
        """Its status."""
        return dict(self._kept.lines[self._name]["status"])

    def scores(self) -> pd.DataFrame | None:
        """Its table of scores."""
        return as_asked_today(self._kept.scores.get(self._name))

    def baselines(self) -> pd.DataFrame | None:
        """Its table of the scores of baselines."""
        return self._kept.baselines.get(self._name)

    def checks(self) -> pd.DataFrame | None:
        """Its table of checks."""
        return self._kept.checks.get(self._name)

    def progress(self) -> pd.DataFrame | None:
        """Its scores over training."""
        return as_asked_today(self._kept.progress.get(self._name))

    def log(self) -> list[dict[str, float]]:
        """The rows of its training log."""
        log = self._kept.log.get(self._name, pd.DataFrame())
        return [{str(key): cell for key, cell in row.items() if not np.isnan(cell)} for row in log.to_dict("records")]

    def thumbnails(self) -> dict[str, np.ndarray]:
        """The arrays of its small figures, those that are images nearly as they were."""
        files = self._kept.thumbnail_files(self._name)
        return unpacked(files) if files else {}

    def representation(self) -> Representation | None:
        """At most 1,000 rows of its latents in use; None where none are kept."""
        codes = self._kept.codes.get(self._name)
        return None if codes is None else codes.representation()

    def shared(self, name: str) -> Any:
        """What was measured for several runs at once."""
        return self._kept.shared.get(name)

    def share(self, name: str, content: Any) -> None:
        """Nothing: kept runs are added to as a whole, see `archive_runs`."""
