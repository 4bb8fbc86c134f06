"""A representation on disk: arrays in safetensors, the factors' description in its header."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import FactorSpace, Spec, is_outside, label_of, require
from unbraid.core.factors import factor_from
from unbraid.metrics import Representation
from unbraid.store import ARRAYS, BASELINES, METRICS, REPRESENTATION, DamagedFileError, RunDirectory, weights_digest
from unbraid.training import Run, folder_of

UNKNOWN = "unknown"  # in place of a digest: of weights that may be others
WEIGHTS = "weights"  # key of notes and column of tables: the digest of the weights that a thing was made from


def save_representation(run: RunDirectory, rep: Representation, index: np.ndarray, note: dict[str, Any]) -> None:
    """Write code, logvar, factors and row numbers; `note` says how they were chosen."""
    arrays = {"code": rep.code, "factors": rep.factors, "index": index}
    if rep.logvar is not None:
        arrays["logvar"] = rep.logvar
    if rep.missing is not None:
        arrays["missing"] = rep.missing
    described = [asdict(factor) for factor in rep.space.factors]
    note = {**note, "encoded": len(index)}
    run.write_tensors(REPRESENTATION, arrays, {**note, "layers": list(rep.layers), "factors": described})


def load_representation(run: Run | RunDirectory | Path | str) -> Representation:
    """The representation that `evaluate` wrote into the folder of a run.

    Raises:
        UsageError: it is not there, damaged, or of other weights than those that lie beside it.
    """
    folder = folder_of(run)
    arrays, note = folder.read_tensors(REPRESENTATION), folder.read_note(REPRESENTATION)
    do = f"run `unbraid evaluate {folder.path}` again"
    require(is_of(note.get(WEIGHTS), folder), "codes must be of the weights beside them", "those of others", do)
    with folder.reading(REPRESENTATION):
        return Representation.from_arrays(
            arrays["code"],
            arrays["factors"],
            logvar=arrays.get("logvar", arrays.get("spread")),  # named so by version 0.1
            space=FactorSpace(tuple(factor_from(described) for described in note["factors"])),
            layers=note["layers"],
            missing=arrays.get("missing"),
        )


def is_of(digest: object, folder: RunDirectory) -> bool:
    """Whether what was made from weights of that digest is of those that lie in the folder.

    Earlier versions noted none: what they made counts until codes are made anew (see `disown`). Where no weights are
    kept, everything counts.
    """
    return not isinstance(digest, str) or weights_digest(folder) in ("", digest)


def _says_weights(folder: RunDirectory) -> bool:
    """Whether codes are there that say of which weights they are."""
    return folder.has(REPRESENTATION) and WEIGHTS in folder.read_note(REPRESENTATION)


def disown(folder: RunDirectory) -> None:
    """Let scores that do not say of which weights they are count no more: codes are made anew, for they are others."""
    for name in (METRICS, BASELINES):
        table = folder.derived(name, partial(folder.read_table, name))
        if table is not None and (WEIGHTS not in table or table[WEIGHTS].isna().any()):
            unknown = table.get(WEIGHTS, pd.Series(None, table.index, dtype=object)).fillna(UNKNOWN)
            folder.write_table(name, table.assign(**{WEIGHTS: unknown}))


def has_codes(folder: RunDirectory) -> bool:
    """Whether a representation of the weights that lie beside it is there."""
    return folder.has(REPRESENTATION) and is_of(folder.read_note(REPRESENTATION).get(WEIGHTS), folder)


def read_arrays(run: Run | RunDirectory | Path | str) -> dict[str, np.ndarray]:
    """The arrays that figures are drawn from; none where there are none of these weights."""
    folder = folder_of(run)
    if not folder.has(ARRAYS):
        return {}
    digest = folder.read_note(ARRAYS).get(WEIGHTS)
    current = is_of(digest, folder) if digest is not None else not _says_weights(folder)
    return folder.read_tensors(ARRAYS) if current else {}


def is_evaluated(folder: RunDirectory) -> bool:
    """Whether scores are there, and nothing that was made from other weights, or cannot be read."""
    try:
        notes = [folder.read_note(name) for name in (REPRESENTATION, ARRAYS) if folder.has(name)]
        return (
            folder.has(METRICS) and len(read_scores(folder)) > 0 and all(is_of(n.get(WEIGHTS), folder) for n in notes)
        )
    except DamagedFileError:
        return False


def read_scores(run: Run | RunDirectory | Path | str) -> pd.DataFrame:
    """The table of scores that `evaluate` wrote, of any version, without rows of other weights.

    Version 0.1 called the column `asked` and numbered the metrics of a run by their order, so that a score could stand
    under the name of another: names are made anew from the ids, and rows whose id is of another metric are left out.
    The part of latent 3 was called "latent 3" and is "z3".

    Raises:
        UsageError: it is not there, or damaged.
    """
    return without_source(stored_scores(folder_of(run)))


def read_baselines(run: Run | RunDirectory | Path | str) -> pd.DataFrame:
    """The table of the scores of baselines, with their names in a column `baseline`; empty where there is none."""
    return without_source(stored_baselines(folder_of(run)))


def without_source(table: pd.DataFrame) -> pd.DataFrame:
    """A table without the column that says from which weights its rows were made."""
    return table.drop(columns=WEIGHTS, errors="ignore")


def stored_scores(folder: RunDirectory) -> pd.DataFrame:
    """See `read_scores`; with the digest of the weights in a column of that name, where it was noted."""
    frame = _of_these_weights(folder, METRICS, ("metric", "part", "value"))
    with folder.reading(METRICS):
        return _renamed(frame) if "asked" in frame else frame


def stored_baselines(folder: RunDirectory) -> pd.DataFrame:
    """See `read_baselines`; with the digests of weights."""
    if not folder.has(BASELINES):
        return pd.DataFrame({"baseline": [], "score_id": []}, dtype=str)
    return _of_these_weights(folder, BASELINES, ("baseline", "metric", "score_id"))


def _of_these_weights(folder: RunDirectory, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a table that were made from the weights in the folder."""
    frame = folder.read_table(name)
    with folder.reading(name):
        absent = [column for column in columns if column not in frame]
        require(not absent, f"it must have columns {', '.join(columns)}", f"no {', '.join(absent)}")
    digests = [digest if isinstance(digest, str) else None for digest in frame.get(WEIGHTS, [None] * len(frame))]
    current = {digest: is_of(digest, folder) for digest in set(digests)}
    return frame[[current[digest] for digest in digests]].reset_index(drop=True)


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of version 0.1, as it is written today."""
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
