"""What there is of a run: the same questions, whether its own folder answers or a study's kept runs."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from unbraid.core.places import read_json
from unbraid.evaluation import has_codes, load_representation, read_arrays, read_baselines, read_scores
from unbraid.metrics import Representation
from unbraid.store import (
    ARRAYS,
    BASELINES,
    CHECKS,
    LOG,
    METRICS,
    REPRESENTATION,
    STATUS,
    DamagedFileError,
    RunDirectory,
    whole_file,
)
from unbraid.studies._progress import PROGRESS, read_progress
from unbraid.studies._thumbnails import THUMBNAILS_OF_0_1, thumbnails
from unbraid.studies._thumbnails import read_arrays as read_arrays_of_0_1

SHARED = "together"  # folder beside the run folders: what was measured for several runs at once


T = TypeVar("T")
U = TypeVar("U")


class RunRecord(ABC):
    """What there is of one run; what is not there, or damaged, is None or empty.

    Attributes:
        damage: what could not be read so far, a sentence for each file.
    """

    damage: Sequence[str] = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """The run's folder name."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where it lies."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """Its configuration.

        Raises:
            UsageError: it is damaged.
        """

    @abstractmethod
    def status(self) -> dict[str, Any]:
        """Its status: `state`, `step`, versions and what explains them."""

    @abstractmethod
    def scores(self) -> pd.DataFrame | None:
        """Its table of scores, see `unbraid.evaluation.evaluate`."""

    @abstractmethod
    def baselines(self) -> pd.DataFrame | None:
        """Its table of the scores of baselines: the same with a column `baseline`."""

    @abstractmethod
    def checks(self) -> pd.DataFrame | None:
        """Its table of manipulation checks and evaluation-mode losses, see `unbraid.evaluation.checks`."""

    @abstractmethod
    def progress(self) -> pd.DataFrame | None:
        """Its scores over training: the same with a column `step`."""

    @abstractmethod
    def log(self) -> list[dict[str, float]]:
        """The rows of its training log."""

    @abstractmethod
    def thumbnails(self) -> dict[str, np.ndarray]:
        """The arrays that its small figures are drawn from, see `unbraid.studies.thumbnails`."""

    @abstractmethod
    def representation(self) -> Representation | None:
        """Its codes of the dataset: all that were scored, or of a kept run some rows of the latents in use."""

    @abstractmethod
    def shared(self, name: str) -> Any:
        """What was measured under this name for several runs at once, None where it was not."""

    @abstractmethod
    def share(self, name: str, content: Any) -> None:
        """Note a measurement for several runs at once, where this record can be added to."""


class RunFolder(RunRecord):
    """A run directory, of any version."""

    def __init__(self, path: Path) -> None:
        self.files = RunDirectory(path)
        self.damage: list[str] = []

    def _read(self, name: str, read: Callable[[], T], otherwise: U) -> T | U:
        """What `read` makes of a file; where it is not there or damaged, the other value."""
        try:
            return read() if self.files.has(name) else otherwise
        except DamagedFileError as error:
            if str(error) not in self.damage:
                self.damage.append(str(error))
            return otherwise

    @property
    def name(self) -> str:
        """The run's folder name."""
        return self.files.path.name

    @property
    def folder(self) -> Path:
        """The run directory."""
        return self.files.path

    def config(self) -> dict[str, Any]:
        """Its configuration; see `RunDirectory.read_config`."""
        return self.files.read_config()

    def status(self) -> dict[str, Any]:
        """Its status, empty when there is none yet."""
        return self._read(STATUS, self.files.read_status, {})

    def scores(self) -> pd.DataFrame | None:
        """Its table of scores."""
        return self._read(METRICS, lambda: read_scores(self.files), None)

    def baselines(self) -> pd.DataFrame | None:
        """Its table of the scores of baselines."""
        return self._read(BASELINES, lambda: read_baselines(self.files), None)

    def checks(self) -> pd.DataFrame | None:
        """Its table of checks."""
        return self._read(CHECKS, lambda: self.files.read_table(CHECKS), None)

    def progress(self) -> pd.DataFrame | None:
        """Its scores over training."""
        return self._read(PROGRESS, lambda: read_progress(self.files), None)

    def log(self) -> list[dict[str, float]]:
        """The rows of its training log."""
        return self._read(LOG, self.files.read_log, [])

    def thumbnails(self) -> dict[str, np.ndarray]:
        """Made from its arrays now; where the weights are gone, those that version 0.1 kept."""
        rep = self.representation()
        if rep is not None and self.files.has(ARRAYS):
            return self._read(ARRAYS, lambda: thumbnails(rep, read_arrays(self.files)), {})
        if self.files.has(THUMBNAILS_OF_0_1):
            return read_arrays_of_0_1((self.files / THUMBNAILS_OF_0_1).read_bytes())
        return {}

    def representation(self) -> Representation | None:
        """Its codes of the dataset, of the weights that lie beside them."""

        def codes() -> Representation | None:
            return load_representation(self.files) if has_codes(self.files) else None

        return self._read(REPRESENTATION, codes, None)

    def shared(self, name: str) -> Any:
        """The content of a JSON file in the folder that the runs of a root share; one that is damaged is made again."""
        path = self._shared(name)
        try:
            return read_json(path.read_text(encoding="utf-8")) if path.is_file() else None
        except ValueError:
            return None

    def share(self, name: str, content: Any) -> None:
        """Write the JSON file."""
        with whole_file(self._shared(name)) as aside:
            aside.write_text(json.dumps(content), encoding="utf-8")

    def _shared(self, name: str) -> Path:
        return self.files.path.parent / SHARED / f"{name}.json"
