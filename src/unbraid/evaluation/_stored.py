"""A representation on disk: arrays in safetensors, the factors' description in its header."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import Factor, FactorSpace, Spec, is_outside, label_of
from unbraid.metrics import Representation
from unbraid.store import METRICS, REPRESENTATION, RunDirectory
from unbraid.training import Run, folder_of


def save_representation(run: RunDirectory, rep: Representation, index: np.ndarray, note: dict[str, Any]) -> None:
    """Write code, logvar, factors and row numbers; `note` says how they were chosen."""
    arrays = {"code": rep.code, "factors": rep.factors, "index": index}
    if rep.logvar is not None:
        arrays["logvar"] = rep.logvar
    if rep.missing is not None:
        arrays["missing"] = rep.missing
    described = [asdict(factor) for factor in rep.space.factors]
    run.write_tensors(REPRESENTATION, arrays, {**note, "layers": list(rep.layers), "factors": described})


def load_representation(run: Run | RunDirectory | Path | str) -> Representation:
    """The representation that `evaluate` wrote into the folder of a run.

    Raises:
        UsageError: it is not there, or damaged.
    """
    folder = folder_of(run)
    arrays, note = folder.read_tensors(REPRESENTATION), folder.read_note(REPRESENTATION)
    return Representation.from_arrays(
        arrays["code"],
        arrays["factors"],
        logvar=arrays.get("logvar", arrays.get("spread")),  # named so by version 0.1
        space=FactorSpace(tuple(factor_from(described) for described in note["factors"])),
        layers=note["layers"],
        missing=arrays.get("missing"),
    )


def factor_from(described: dict[str, Any]) -> Factor:
    """A Factor as `dataclasses.asdict` describes it, from JSON: lists back to tuples."""
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in described.items()}
    return Factor(**fields)


def read_scores(run: Run | RunDirectory | Path | str) -> pd.DataFrame:
    """The table of scores that `evaluate` wrote, of any version.

    Version 0.1 called the column `asked` and numbered the metrics of a run by their order, so that a score could stand
    under the name of another: names are made anew from the ids, and rows whose id is of another metric are left out.
    The part of latent 3 was called "latent 3" and is "z3".

    Raises:
        UsageError: it is not there.
    """
    frame = folder_of(run).read_table(METRICS)
    if "asked" not in frame:
        return frame
    specs = [_spec_of(asked) for asked in frame["asked"]]
    same = [spec.name == name.partition("(")[0] for spec, name in zip(specs, frame["metric"], strict=True)]
    parts = frame["part"].str.replace(r"^latent (\d+)$", r"z\1", regex=True)
    labels = [_label(spec, name) for spec, name in zip(specs, frame["metric"], strict=True)]
    named = frame.assign(metric=labels, part=parts)
    return (
        named[same]
        .rename(columns={"asked": "score_id"})
        .drop_duplicates(["layer", "metric", "part"], ignore_index=True)
    )


def _label(spec: Spec, name: str) -> str:
    """The one name of a metric; somebody else's keeps its own, since its code is not imported to read a table."""
    return name if is_outside(spec.name) else label_of("metrics", spec)


def _spec_of(score_id: str) -> Spec:
    """The metric of a score's id (see `score_id`)."""
    return Spec.of({key: value for key, value in json.loads(score_id).items() if key not in ("rows", "seed")})
