"""What figures are drawn from, read from what a person gives: one run, layered runs, scores of many, a dataset."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import require
from unbraid.data import GroundTruthDataset, load_dataset
from unbraid.report.layers._runs import LayeredRun, read_runs
from unbraid.report.paper._scores import Scores, scores_of_runs, scores_of_study
from unbraid.report.run._data import RunData, read_run_data
from unbraid.store import CONFIG, RunDirectory
from unbraid.studies import Scale
from unbraid.training import folder_of

__all__ = ["READERS", "TAKES", "Places", "needed", "needed_layer", "needed_of_all"]

TAKES = {  # name of the first parameter -> what a person gives
    "run": "RUN",
    "layered": "RUN...",
    "scores": "STUDY or RUN...",
    "dataset": "RUN or DATASET",
    "responses": "FOLDER",
}


@dataclass(frozen=True)
class Places:
    """Where a study's runs are, at which scale, and whether code of others that runs name is imported."""

    scale: Scale
    root: Path | str
    archive: Path | str | None
    trust: bool


def one_run(name: str, given: Sequence[Any], places: Places) -> RunData:
    """The files of the one run that is given."""
    return read_run_data(_folder(_only(name, given, "one run")), trust=places.trust)


def layered(name: str, given: Sequence[Any], places: Places) -> list[LayeredRun]:
    """Runs of one or more layers, of which one has several."""
    require(given, f"{name} is drawn from runs", "none", "give their folders")
    runs = read_runs([_folder(item) for item in given], trust=places.trust)
    if name != "layer_reconstructions":
        do = "add one of several, such as unbraid train --preset tartu_five_layers_pocket makes"
        came = ", ".join(str(run.files.folder) for run in runs[:3])
        deep = any(run.layers > 1 for run in runs)
        require(deep, f"{name} needs a run of several latent layers", f"one layer in {came}", do)
    return runs


def scores(name: str, given: Sequence[Any], places: Places) -> Scores:
    """Scores of runs, or of a study by its name or file."""
    require(given, f"{name} is drawn from a study or from runs", "none", "give a study's name, or folders of runs")
    if len(given) > 1 or _is_run(given[0]):
        return scores_of_runs([_folder(item) for item in given], places.trust)
    return scores_of_study(given[0], places.scale, places.root, places.archive)


def dataset(name: str, given: Sequence[Any], places: Places) -> GroundTruthDataset:
    """A dataset by its name, or that of a run."""
    item = _only(name, given, "one dataset, or a run of it,")
    if not isinstance(item, GroundTruthDataset) and _is_run(item):
        item = read_run_data(_folder(item), trust=places.trust).config["data"]
    opened = load_dataset(str(item) if isinstance(item, Path) else item)
    if name != "contact_sheet":
        require(len(opened.space) > 0, f"{name} needs factors", f"none in {opened.name}", "give labels with the data")
    return opened


def responses(name: str, given: Sequence[Any], places: Places) -> Path:
    """The folder that `unbraid stress` wrote."""
    folder = Path(_only(name, given, "one folder"))
    do = f"unbraid stress --out {shlex.quote(str(folder))}"
    require((folder / "stress.csv").is_file(), f"{name} needs the stress.csv of a folder", f"none in {folder}", do)
    return folder


READERS: dict[str, Callable[[str, Sequence[Any], Places], Any]] = {
    "run": one_run,
    "layered": layered,
    "scores": scores,
    "dataset": dataset,
    "responses": responses,
}


def needed(run: RunData, figure: str, name: str, *, layer: int | None = None, metric: str = "") -> np.ndarray:
    """An array of a run, of a layer where one is given.

    Raises:
        UsageError: it is not there; the message has the command that makes it, which scores `metric` where it is named.
    """
    array = run.arrays.get(name) if layer is None else run.layer_array(name, layer)
    scored = f" --metrics {metric}" if metric else ""
    do = f"unbraid evaluate {shlex.quote(str(run.folder))}{scored}"
    require(array is not None, f"{figure} needs the array '{name}' of the run", f"none in {run.folder}", do)
    assert array is not None
    return array


def needed_of_all(layered: Sequence[LayeredRun], figure: str, name: str, metric: str = "") -> None:
    """Raise `UsageError` unless all runs have an array in their first layer; see `needed`."""
    for run in layered:
        needed(run.files, figure, name, layer=0, metric=metric)


def needed_layer(run: RunData, figure: str, layer: int) -> int:
    """The number of a layer that the run has.

    Raises:
        UsageError: it was not evaluated, or has fewer layers.
    """
    needed(run, figure, "kl/0")
    count = len(run.layers)
    do = "count from 0" if count > 1 else f"leave it out: {run.folder} has one layer"
    require(layer < count, f"{figure}: layer must lie in 0 .. {count - 1}", layer, do)
    return layer


def _only(name: str, given: Sequence[Any], what: str) -> Any:
    """The one that is given."""
    came = ", ".join(str(getattr(item, "path", item)) for item in given) or "none"
    require(len(given) == 1, f"{name} is drawn from {what} at a time", came, "draw one file for each")
    return given[0]


def _folder(item: Any) -> Path:
    return folder_of(item).path


def _is_run(item: Any) -> bool:
    """Whether it is an open run, or a folder of one."""
    return hasattr(item, "folder") or (isinstance(item, (str, Path)) and RunDirectory(item).has(CONFIG))
