"""Codes and labels from files: tables, arrays by name, annotated data."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import Kinds, Labels, read_labels, require
from unbraid.core.checked import checked
from unbraid.core.matched import matched_rows
from unbraid.core.table_files import TABLES, is_table, read_table
from unbraid.metrics._h5ad import SUFFIX, read_h5ad
from unbraid.metrics._members import STORED, read_members, stored_labels
from unbraid.metrics._representation import Representation
from unbraid.metrics._split_table import LOGVAR, split_frame

FILES = (*STORED, *TABLES, SUFFIX)
SAVE_AS = "save them as one of these"


@dataclass(frozen=True)
class Reading:
    """A representation as read from files, and what was not taken of them.

    Args:
        rep: codes and factors.
        left_out: columns that only name or count the rows.
        unused: columns of a table that are neither latents nor factors.
        unopened: arrays of the file that were not read.
        names: of the rows [N], where a column of a table has them.
        said: how labels of a file of their own were matched.
    """

    rep: Representation
    left_out: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    unopened: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    said: str = ""


@checked
def read_representation(
    path: Path | str,
    factors: str | Sequence[str] | None = None,
    kinds: Kinds | None = None,
    *,
    code: str | Sequence[str] | None = None,
    labels: Path | str | None = None,
) -> tuple[Representation, list[str]]:
    """Read codes and factors; see `unbraid.core.read_labels` for how factors are read.

    Args:
        path: `.npz` or `.safetensors` with arrays `code` [N, D], `factors` [N, K] and, if known, `logvar` [N, D]
            (log-variances), `names` [K] and `kinds` [K] of the factors ("" where the kind is to be decided); `.npy`
            with codes; a table (`.csv`, `.tsv`, `.txt`, `.parquet`) with a header; `.h5ad`, annotated data. Without
            factors the representation has none, and label-free scores.
        factors: names of the columns of a table or of `obs` that are factors, or of the arrays that hold them. When
            None: of a table, columns that are no latents; the array `factors`; all columns of obs.
        kinds: of factors whose kind is not to be decided; goes before the file's own.
        code: the array of codes; the columns of a table that are latents; a key of `obsm`, or X. When None, `code`; of
            a table, columns called z, latent or code with a number, else those whose name begins so, and where the
            factors are named and there are none of these, all others; the only embedding, else X.
        labels: a file of labels of its own (a table, or arrays), with one row per code in their order, or with a
            column of the names by which a table of codes names its rows.

    Returns:
        the representation, and the columns left out: those that only name or count the rows, and of a table those that
        are neither.

    Raises:
        UsageError: not there, damaged, arrays or columns missing, text or gaps where numbers belong.
    """
    reading = read_codes(Path(path), factors, kinds, code=code, labels=None if labels is None else Path(labels))
    return reading.rep, [*reading.left_out, *reading.unused]


def read_codes(
    path: Path,
    factors: str | Sequence[str] | None = None,
    kinds: Kinds | None = None,
    *,
    code: str | Sequence[str] | None = None,
    labels: Path | None = None,
) -> Reading:
    """As `read_representation`, with all there is to say of what was read."""
    require(os.path.isfile(path), "a file of codes must exist", f"{path}, which is not there", "check the path")
    require(path.suffix.lower() in FILES, f"codes are read from {', '.join(FILES)}", path.name, SAVE_AS)
    of_codes = None if labels is not None else _listed(factors)
    inner_kinds = None if labels is not None else kinds
    names = None
    if is_table(path):
        split = split_frame(read_table(path), of_codes, inner_kinds, _listed(code), labels is not None)
        names = split.names
        reading = Reading(split.rep, split.left_out, split.unused, names=None if names is None else tuple(names))
    else:
        key = _one(code)
        if path.suffix.lower() == SUFFIX:
            rep, left_out = read_h5ad(path, key, [] if labels is not None else of_codes, inner_kinds)
            reading = Reading(rep, tuple(left_out))
        else:
            rep, unopened = read_members(path, key, [] if labels is not None else of_codes, inner_kinds)
            reading = Reading(rep, unopened=tuple(unopened))
    if labels is None:
        return reading
    skip = reading.rep.latent_names
    known, left_out, said = labels_of_file(labels, names, len(reading.rep), _listed(factors), kinds, skip)
    return replace(reading, rep=with_labels(reading.rep, known), left_out=(*reading.left_out, *left_out), said=said)


def labels_of_file(
    file: Path,
    names: Sequence[str] | None,
    rows: int,
    factors: Sequence[str] | None = None,
    kinds: Kinds | None = None,
    skip: Collection[str] = (),
) -> tuple[Labels, list[str], str]:
    """Labels of `rows` rows from a table or a file of arrays; the columns left out, and how rows were matched.

    Args:
        file: a table, or `.npz`, `.npy`, `.safetensors` with one array, or `factors` (and `names`).
        names: of the rows, by which a table may name them.
        rows: how many there are.
        factors: which columns of a table are wanted; all when None, but for `skip` and log-variances.
        kinds: as in `read_labels`.
        skip: names of latents, which are no labels.
    """
    require(os.path.isfile(file), "a file of labels must exist", f"{file}, which is not there", "check the path")
    endings = (*TABLES, *STORED)
    require(file.suffix.lower() in endings, f"labels are read from {', '.join(endings)}", file.name, SAVE_AS)
    if not is_table(file):
        matrix, columns = stored_labels(file)
        rule = f"labels in {file} must be {rows:,}, one for each row"
        require(matrix.ndim >= 1 and len(matrix) == rows, rule, f"shape {matrix.shape}")
        return read_labels(matrix, columns, kinds), [], "matched by their order"
    kept, left_out, said = matched_rows(read_table(file), names, rows, file)
    codes = [name for name in kept.columns if name in skip or LOGVAR.fullmatch(name)]
    if factors is None and codes:
        kept, left_out = kept.drop(columns=codes), [*left_out, *codes]
    if factors is not None:
        unknown = [name for name in factors if name not in kept.columns]
        require(not unknown, f"factor columns must be in {file}; it has {', '.join(kept.columns)}", unknown)
        kept = kept[list(factors)]
    require(len(kept.columns), f"{file} must hold a label beside codes and names", ", ".join(left_out))
    return read_labels(kept, kinds=kinds), left_out, said


def with_labels(rep: Representation, labels: Labels) -> Representation:
    """The same codes with labels of their own."""
    given: dict[str, Any] = {"logvar": rep.logvar, "layers": rep.layers, "latent_names": rep.latent_names}
    factors = labels.factors if labels.missing is None else np.where(labels.missing, 0, labels.factors)
    return Representation.from_arrays(rep.code, factors, space=labels.space, missing=labels.missing, **given)


def _listed(names: str | Sequence[str] | None) -> list[str] | None:
    return None if names is None else [names] if isinstance(names, str) else list(names)


def _one(code: str | Sequence[str] | None) -> str | None:
    """The one array or embedding that is named."""
    listed = _listed(code)
    require(listed is None or len(listed) == 1, "codes are one array of this file", listed, "name one with --code")
    return listed[0] if listed else None
