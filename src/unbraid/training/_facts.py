"""What a run notes of its data, so that it can be opened in any folder and where the data are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unbraid.core import Spec, UsageError, require
from unbraid.data import GroundTruthDataset, complete_data, load_dataset
from unbraid.store import STATUS, RunDirectory
from unbraid.training._config import RunConfig

KEY, STARTED_IN, GIVEN = "data", "started_in", "data_given"  # in status.json
PATHS = ("path", "source")  # options of datasets that lead to files


@dataclass(frozen=True)
class RunFacts:
    """What a model must know of its data.

    Args:
        image_shape: (channels, height, width).
        standardisation: mean [C] and deviation [C] that the images were standardised with, or None.
    """

    image_shape: tuple[int, int, int]
    standardisation: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @classmethod
    def of(cls, dataset: GroundTruthDataset) -> RunFacts:
        """The facts of an open dataset."""
        standardisation = dataset.standardisation
        if standardisation is None:
            return cls(dataset.image_shape)
        mean, deviation = (tuple(float(value) for value in part) for part in standardisation)
        return cls(dataset.image_shape, (mean, deviation))

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, for status.json."""
        standardisation = None if self.standardisation is None else [list(part) for part in self.standardisation]
        return {"image_shape": list(self.image_shape), "standardisation": standardisation}


def noted_facts(dataset: GroundTruthDataset, config: RunConfig) -> dict[str, Any]:
    """What `fit` writes into the status of a run: the facts of its data, and the folder it was started in.

    Where the data were given, and are not those that the configuration names, it says what they were.
    """
    named = dataset.spec is not None and complete_data(dataset.spec) == config.data
    given = {} if named else {GIVEN: repr(dataset).strip("<>")}
    return {KEY: RunFacts.of(dataset).to_dict(), STARTED_IN: str(Path.cwd()), **given}


def facts_of(folder: RunDirectory) -> RunFacts | None:
    """The facts that a run noted; None for runs of version 0.1, which noted none."""
    noted = folder.read_status().get(KEY)
    if not isinstance(noted, Mapping):
        return None
    with folder.reading(STATUS):
        channels, height, width = (int(size) for size in noted["image_shape"])
        require(min(channels, height, width) >= 1, "an image has channels, height and width", noted["image_shape"])
        standardisation = noted.get("standardisation")
        if standardisation is None:
            return RunFacts((channels, height, width))
        mean, deviation = (tuple(float(value) for value in part) for part in standardisation)
        require(len(mean) == len(deviation) == channels, "standardisation is one number a channel", standardisation)
        return RunFacts((channels, height, width), (mean, deviation))


def open_data(folder: RunDirectory, config: RunConfig) -> GroundTruthDataset:
    """The dataset of a run; relative paths lead on from the folder that training was started in.

    Raises:
        UsageError: the data are not there; the message names the path and how to say where they are now.
    """
    given = folder.read_status().get(GIVEN)
    require(
        given is None,
        f"{folder.path} was trained on data that were given to it, {given}; its configuration names others",
        do="give them again: unbraid.open(path, dataset=…), or evaluate(path, dataset=…)",
    )
    spec = _found(config.data, folder.read_status().get(STARTED_IN))
    try:
        return load_dataset(spec)
    except UsageError as error:
        places = [str(spec.options[key]) for key in PATHS if isinstance(spec.options.get(key), str)]
        if not places or any(Path(place).exists() for place in places):
            raise
        raise UsageError(
            f"{folder.path} was trained on data in {', '.join(places)}, which is not there. Put the data back, or open "
            f"the run with dataset=load_dataset('{spec.name}', path=…); what needs no data works without. ({error})"
        ) from error


def _found(data: Spec, started_in: object) -> Spec:
    """The same Spec, relative paths made absolute where the files lie beside the folder training was started in."""
    if not isinstance(started_in, str):
        return data
    options = dict(data.options)
    for key in PATHS:
        place = options.get(key)
        if isinstance(place, str) and not Path(place).is_absolute() and (Path(started_in) / place).exists():
            options[key] = str(Path(started_in) / place)
    return Spec(data.name, options)
