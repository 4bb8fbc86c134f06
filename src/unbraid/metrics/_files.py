"""Codes and factors from files: npz or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from unbraid.core import UsageError, did_you_mean, require
from unbraid.metrics._representation import Representation


def read_representation(path: Path, factors: Sequence[str] | None = None) -> Representation:
    """Read codes and factors.

    Args:
        path: `.npz` with arrays `code` [N, D], `factors` [N, K] and, if known, `logvar` [N, D] (log-variances) and
            `names` [K]; or `.csv` with a header line.
        factors: CSV only: names of the factor columns; every other column is a latent. When None, columns whose
            name begins with `z`, `latent` or `code` are latents and the others factors.

    Raises:
        UsageError: not there, damaged, arrays or columns missing, text where numbers belong.
    """
    require(path.is_file(), "a file of codes must exist", f"{path}, which is not there", "check the path")
    if path.suffix == ".npz":
        return _from_npz(path)
    require(path.suffix == ".csv", "codes are read from .npz or .csv", path.name)
    return _from_csv(path, factors)


def _from_npz(path: Path) -> Representation:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError) as error:
        raise UsageError(f"{path} must be a whole npz of plain arrays; {error}.") from error
    for name in ("code", "factors"):
        if name not in arrays:
            raise UsageError(
                f"{path} must hold 'code' [N, D] and 'factors' [N, K]; it holds {', '.join(arrays) or 'nothing'}. "
                f"{did_you_mean(name, arrays)}".rstrip()
            )
    names = [str(name) for name in arrays["names"]] if "names" in arrays else None
    return Representation.from_arrays(arrays["code"], arrays["factors"], logvar=arrays.get("logvar"), names=names)


def _from_csv(path: Path, factors: Sequence[str] | None) -> Representation:
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} must be a CSV with a header line; {error}.") from error
    columns = [str(column) for column in frame.columns]
    if factors is None:
        factors = [c for c in columns if not c.lower().startswith(("z", "latent", "code"))]
    unknown = [name for name in factors if name not in columns]
    require(not unknown, f"factor columns must be in the file; it has {', '.join(columns)}", unknown)
    latents = [c for c in columns if c not in factors]
    require(
        latents,
        "some columns must be latents",
        f"all {len(columns)} are factors",
        "name them z0, z1, … or use --factors",
    )
    require(
        factors,
        "some columns must be factors",
        f"only {', '.join(latents[:5])}",
        "name the factor columns with --factors",
    )
    return Representation.from_arrays(
        _numbers(frame, latents), np.stack([_levels(frame[name]) for name in factors], axis=1), names=list(factors)
    )


def _numbers(frame: object, columns: Sequence[str]) -> np.ndarray:
    """Columns as float64, refused where they hold text."""
    import pandas as pd

    assert isinstance(frame, pd.DataFrame)
    text = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    require(
        not text,
        "latent columns must hold numbers",
        f"text in {', '.join(text[:5])}",
        "name the factors with --factors",
    )
    return frame[list(columns)].to_numpy(dtype=np.float64)


def _levels(column: object) -> np.ndarray:
    """A factor column as numbers; text becomes level numbers in alphabetical order."""
    import pandas as pd

    assert isinstance(column, pd.Series)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64)
    require(not column.isna().any(), f"factor '{column.name}' must have a value in every row", "empty cells")
    return np.unique(column.astype(str).to_numpy(), return_inverse=True)[1].astype(np.float64)
