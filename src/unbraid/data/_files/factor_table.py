"""Factor tables of people's own data: plain columns become levels, and a CSV is matched with its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core import FactorSpace, Kinds, read_labels, require
from unbraid.core.table_files import read_table
from unbraid.core.tables import row_names

if TYPE_CHECKING:
    import pandas as pd


def factor_table(columns: Mapping[str, Any], kinds: Kinds | None = None) -> tuple[FactorSpace, np.ndarray | None]:
    """Number the levels of each column as `unbraid.core.read_labels` says: the space, and the table [N, K].

    Returns:
        the space, and int64 levels [N, K] (float64 if a factor is continuous, or where levels are missing, which are
        NaN); None in place of the table when row i is combination i of the space, for every combination.
    """
    labels = read_labels(columns, kinds=kinds)
    space, table = labels.space, labels.factors
    if labels.missing is not None:
        return space, np.where(labels.missing, np.nan, table)
    rows = len(table)
    if space.combinations == rows and np.array_equal(table, space.levels(np.arange(rows))):
        return space, None
    return space, table


def ordinal_table(columns: Mapping[str, np.ndarray]) -> tuple[FactorSpace, np.ndarray | None]:
    """The same of a set whose factors are known to have levels, however few rows each has."""
    return factor_table(columns, dict.fromkeys(columns, "ordinal"))


def columns_of(matrix: np.ndarray, names: Sequence[str] | None, rows: int) -> dict[str, np.ndarray]:
    """The columns of a factor matrix [N, K] (or one column [N]) by name, refused unless it has `rows` rows."""
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    require(matrix.ndim == 2, "factors must be a matrix [N, K], one row per image", f"shape {matrix.shape}")
    require(
        len(matrix) == rows,
        f"factors must have one row per image ({rows} images)",
        f"{len(matrix)} rows of factors",
        "check that both come from the same set",
    )
    names = [f"factor {k}" for k in range(matrix.shape[1])] if names is None else list(names)
    require(
        len(names) == matrix.shape[1],
        f"factor_names must hold one name per column ({matrix.shape[1]})",
        f"{len(names)} names",
    )
    return {name: matrix[:, k] for k, name in enumerate(names)}


def csv_columns(file: Path, names: Sequence[str] | None, rows: int, kinds: Kinds | None) -> tuple[dict[str, Any], str]:
    """The columns of a CSV with one row per image in their order, and in words which only name the rows."""
    frame, said = factor_columns(read_table(file), file, kinds)
    columns_of(frame.to_numpy(dtype=object), names, rows)
    return dict(zip(names or frame.columns, (frame[name] for name in frame.columns), strict=True)), said


def factor_columns(frame: pd.DataFrame, file: Path, kinds: Kinds | None) -> tuple[pd.DataFrame, str]:
    """The columns that say something of the rows, and in words which are left out because they only name them.

    A column whose kind is said is asked for.
    """
    left_out = [name for name in row_names(frame) if name not in (kinds or ())]
    kept = frame.drop(columns=left_out)
    require(len(kept.columns), f"{file} must hold at least one factor", f"{left_out}, which only name the rows")
    return kept, f"; {', '.join(left_out)} left out of its factors, for they only name the rows" if left_out else ""


def matched_columns(file: Path, names: Sequence[str], kinds: Kinds | None = None) -> tuple[dict[str, Any], str]:
    """Columns of a CSV in the order of the image `names`, which its first column holds; and what to say of them.

    An image that the CSV does not list has no levels.
    """
    table = read_table(file)
    listed = table.iloc[:, 0].astype(str)
    doubled = listed[listed.duplicated()].tolist()
    require(not doubled, f"{file} must list each image once", f"{doubled[0] if doubled else ''} more than once")
    missing, extra = sorted(set(names) - set(listed)), sorted(set(listed) - set(names))
    require(
        not extra and len(missing) < len(names),
        f"the first column of {file} must name the images, each once",
        f"{len(missing)} images without a row {missing[:3]} and {len(extra)} rows without an image {extra[:3]}",
        "write paths relative to the image folder, with / between folders",
    )
    require(len(table.columns) > 1, f"{file} must hold at least one factor beside the file names", "one column")
    kept, said = factor_columns(table.iloc[:, 1:], file, kinds)
    ordered = kept.set_index(listed).reindex(list(names))
    if missing:
        said += f"; {len(missing)} of {len(names)} pictures have no row of factors"
    return {str(name): ordered[name] for name in ordered.columns}, said
