"""Settings in the units of the paper, where a study declares how its own are scaled against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from unbraid.studies import PlannedRun, Study

__all__ = ["converted", "of_claim", "of_labels"]

OF_TIME = ("steps", "delay")  # of a schedule: what is not scaled with the loss


def converted(study: Study, settings: Mapping[str, Any]) -> dict[str, dict[float, float]]:
    """Parameter -> each of its values among a run's settings -> the same in the units of the paper."""
    values: dict[str, dict[float, float]] = {}
    for parameter, conversion in study.converts.items():
        for key, value in settings.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool) and not pd.isna(value)
            if number and _is_of(parameter, key):
                values.setdefault(parameter, {})[float(value)] = conversion.printed(float(value))
    return values


def of_claim(study: Study, runs: Iterable[PlannedRun]) -> str:
    """The converted settings of the runs that a claim compares, in a sentence; empty where none is converted."""
    values: dict[str, dict[float, float]] = {}
    for run in runs:
        for parameter, pairs in converted(study, run.settings).items():
            values.setdefault(parameter, {}).update(pairs)
    parts: dict[str, list[str]] = {}  # why they are scaled -> parameters that are
    for parameter, pairs in values.items():
        conversion = study.converts[parameter]
        said = ", ".join(f"{here:g} is {printed:g}" for here, printed in sorted(pairs.items()))
        said = "as here" if conversion.factor == 1 else said
        parts.setdefault(conversion.because, []).append(f"{parameter} {said}")
    said_of = [f"{', '.join(names)} ({because})" for because, names in parts.items()]
    return f"In the paper's units {'; '.join(said_of)}." if said_of else ""


def of_labels(study: Study, frame: pd.DataFrame) -> dict[str, str]:
    """Label of each combination in a tidy table -> its converted settings, where it has some."""
    if not study.converts or not len(frame):
        return {}
    said = {}
    for settings in frame.drop_duplicates("label").to_dict("records"):
        values = converted(study, {str(key): value for key, value in settings.items()})
        parts = [f"{name} {printed:g}" for name, pairs in values.items() for printed in dict.fromkeys(pairs.values())]
        if parts:
            said[str(settings["label"])] = f"{', '.join(parts)} in the paper's units"
    return said


def _is_of(parameter: str, key: str) -> bool:
    """Whether a dotted setting is a parameter's value, perhaps within a schedule."""
    named = f".{parameter}." in f".{key}."
    return named and key.rpartition(".")[2] not in OF_TIME and not key.startswith("axis/")
