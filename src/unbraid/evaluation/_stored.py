"""A representation on disk: arrays in safetensors, the factors' description in its header."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation
from unbraid.store import REPRESENTATION, RunDirectory


def save_representation(run: RunDirectory, rep: Representation, index: np.ndarray, note: dict[str, Any]) -> None:
    """Write code, logvar, factors and row numbers; `note` says how they were chosen."""
    arrays = {"code": rep.code, "factors": rep.factors, "index": index}
    if rep.logvar is not None:
        arrays["logvar"] = rep.logvar
    described = [asdict(factor) for factor in rep.space.factors]
    run.write_tensors(REPRESENTATION, arrays, {**note, "layers": list(rep.layers), "factors": described})


def load_representation(run: RunDirectory) -> Representation:
    """Read what `save_representation` wrote.

    Raises:
        UsageError: it is not there, or damaged.
    """
    arrays = run.read_tensors(REPRESENTATION)
    note = run.read_note(REPRESENTATION)
    return Representation.from_arrays(
        arrays["code"],
        arrays["factors"],
        logvar=arrays.get("logvar"),
        space=FactorSpace(tuple(_factor(each) for each in note["factors"])),
        layers=note["layers"],
    )


def _factor(described: dict[str, Any]) -> Factor:
    """A Factor from JSON, lists back to tuples."""
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in described.items()}
    return Factor(**fields)
