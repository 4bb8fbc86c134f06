"""Codes and factors from files: npz or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import Kinds, UsageError, did_you_mean, require
from unbraid.core.npz import member_header
from unbraid.core.tables import read_csv, row_names
from unbraid.metrics._representation import Representation

if TYPE_CHECKING:
    import pandas as pd

MEMBERS = ("code", "factors", "logvar", "spread", "names", "kinds")  # of an npz; others are not opened
LATENTS = ("z", "latent", "code")  # beginnings of the names of latent columns in a CSV


def read_representation(
    path: Path, factors: Sequence[str] | None = None, kinds: Kinds | None = None
) -> tuple[Representation, list[str]]:
    """Read codes and factors; see `unbraid.core.read_labels` for how factors are read.

    Args:
        path: `.npz` with arrays `code` [N, D], `factors` [N, K] and, if known, `logvar` [N, D] (log-variances),
            `names` [K] and `kinds` [K] of the factors ("" where the kind is to be decided); or `.csv` with a header.
        factors: CSV only: names of the factor columns; every other column is a latent. When None, columns whose
            name begins with `z`, `latent` or `code` are latents and the others factors.
        kinds: of factors whose kind is not to be decided; goes before the file's own.

    Returns:
        the representation, and the columns left out because they only name or count the rows (CSV).

    Raises:
        UsageError: not there, damaged, arrays or columns missing, text where numbers belong.
    """
    require(path.is_file(), "a file of codes must exist", f"{path}, which is not there", "check the path")
    if path.suffix == ".npz":
        return _from_npz(path, kinds), []
    require(path.suffix == ".csv", "codes are read from .npz or .csv", path.name)
    return _from_csv(path, factors, kinds)


def _from_npz(path: Path, kinds: Kinds | None) -> Representation:
    try:
        with np.load(path, allow_pickle=False) as file:
            held = list(file.files)
            arrays = {name: _member(path, file, name) for name in MEMBERS if name in held}
    except UsageError:
        raise
    except Exception as error:  # a damaged file can raise nearly anything
        raise UsageError(f"{path} must be a whole npz of plain arrays; {error}.") from error
    for name in ("code", "factors"):
        if name not in arrays:
            raise UsageError(
                f"{path} must hold 'code' [N, D] and 'factors' [N, K]; it holds {', '.join(held) or 'nothing'}. "
                f"{did_you_mean(name, held)}".rstrip()
            )
    names = arrays["names"].astype(str).tolist() if "names" in arrays else None
    said = arrays["kinds"].astype(str).tolist() if "kinds" in arrays else []
    if said:
        columns = names or [f"factor {k}" for k in range(len(said))]
        require(len(said) == len(columns), f"kinds must hold one kind per factor ({len(columns)})", said)
        kinds = {**dict(zip(columns, said, strict=True)), **(dict(kinds) if isinstance(kinds, dict) else {})}
    logvar = arrays.get("logvar", arrays.get("spread"))  # named so by version 0.1
    return Representation.from_arrays(arrays["code"], arrays["factors"], logvar=logvar, names=names, kinds=kinds)


def _member(path: Path, file: Any, name: str) -> np.ndarray:
    """One array of an npz, its header checked before anything is allocated."""
    member_header(file.zip, name if name in file.zip.namelist() else f"{name}.npy", path)
    array: np.ndarray = file[name]
    return array


def _from_csv(path: Path, factors: Sequence[str] | None, kinds: Kinds | None) -> tuple[Representation, list[str]]:
    return split_frame(read_csv(path), factors, kinds)


def split_frame(
    frame: pd.DataFrame, factors: Sequence[str] | None, kinds: Kinds | None
) -> tuple[Representation, list[str]]:
    """Codes and factors of one table, told apart as `read_representation` says; the columns left out."""
    frame = frame.rename(columns=str)
    columns = list(frame.columns)
    unknown = [name for name in factors or () if name not in columns]
    require(not unknown, f"factor columns must be in the table; it has {', '.join(columns)}", unknown)
    rest = frame.drop(columns=list(factors) if factors is not None else [c for c in columns if _is_latent(c)])
    left_out = [name for name in row_names(rest) if not _is_latent(name) and name not in (kinds or ())]
    columns = [c for c in columns if c not in left_out]
    if factors is None:
        factors = [c for c in columns if not _is_latent(c)]
    latents = [c for c in columns if c not in factors]
    came = f"all {len(columns)} are factors"
    require(latents, "some columns must be latents", came, "name them z0, z1, … or use --factors")
    came = f"only {', '.join(latents[:5])}"
    require(factors, "some columns must be factors", came, "name the factor columns with --factors")
    code = _numbers(frame, latents)
    rep = Representation.from_arrays(code, frame[list(factors)], kinds=kinds, latent_names=latents)
    return rep, left_out


def _is_latent(name: str) -> bool:
    return name.lower().startswith(LATENTS)


def _numbers(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Columns as float64, refused where they hold text."""
    import pandas as pd

    text = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    require(
        not text,
        "latent columns must hold numbers",
        f"text in {', '.join(text[:5])}",
        "name the factors with --factors",
    )
    return frame[list(columns)].to_numpy(dtype=np.float64)
