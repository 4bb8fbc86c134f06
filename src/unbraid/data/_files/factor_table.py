"""Factor tables of people's own data: plain columns become levels, and a CSV is matched with its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unbraid.core import Factor, FactorSpace, UsageError, require, require_finite

MOST_LEVELS = 256  # a column of non-whole numbers with more distinct values than this is continuous


def factor_table(columns: Mapping[str, np.ndarray]) -> tuple[FactorSpace, np.ndarray | None]:
    """Number the levels of each column: the space, and the table [N, K].

    Whole numbers and repeated values become ordinal levels in ascending order, text becomes categories in
    alphabetical order, and a column of more than 256 distinct non-whole numbers stays as it is, continuous.

    Returns:
        the space, and int64 levels [N, K] (float64 if a factor is continuous); None in place of the table when
        row i is combination i of the space, for every combination.
    """
    factors, levels = zip(*(_levels(name, np.asarray(column)) for name, column in columns.items()), strict=True)
    space, table = FactorSpace(factors), np.stack(levels, axis=1)
    rows = len(table)
    if space.combinations == rows and np.array_equal(table, space.levels(np.arange(rows))):
        return space, None
    return space, table


def _levels(name: str, column: np.ndarray) -> tuple[Factor, np.ndarray]:
    """One factor and the level number of each row."""
    require(column.ndim == 1, f"factor '{name}' must be one value per row", f"shape {column.shape}")
    if not (np.issubdtype(column.dtype, np.number) or column.dtype == bool):
        labels, numbers = np.unique(column.astype(str), return_inverse=True)
        return Factor(name, len(labels), "categorical", labels=tuple(map(str, labels))), numbers.astype(np.int64)
    require_finite(column.astype(np.float64), f"factor '{name}'")
    values, numbers = np.unique(column, return_inverse=True)
    if np.any(values != np.round(values)) and len(values) > MOST_LEVELS:
        return Factor(name, 0, "continuous"), column.astype(np.float64)
    return Factor(name, len(values), values=tuple(float(v) for v in values)), numbers.astype(np.int64)


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


def read_csv(file: Path) -> Any:
    """A CSV with a header as a pandas table, text kept as text; a `UsageError` names a file that is not one."""
    import pandas

    require(file.is_file(), "the CSV of factors must exist", str(file))
    try:
        table = pandas.read_csv(file, skipinitialspace=True)
    except (ValueError, UnicodeDecodeError) as error:  # pandas' parser errors are ValueErrors
        raise UsageError(f"{file} must be a CSV with a header line; reading it failed: {error}.") from error
    require(len(table.columns) >= 1 and len(table), "a CSV of factors must hold a header and rows", str(file))
    empty = table.columns[table.isna().any()].tolist()
    require(not empty, f"every cell of {file} must be filled", f"empty cells in {empty}", "fill or drop those rows")
    return table


def matched_columns(file: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of a CSV in the order of the image `names`, which its first column must hold, each once."""
    table = read_csv(file)
    listed = table.iloc[:, 0].astype(str)
    doubled = listed[listed.duplicated()].tolist()
    require(not doubled, f"{file} must list each image once", f"{doubled[0] if doubled else ''} more than once")
    missing, extra = sorted(set(names) - set(listed)), sorted(set(listed) - set(names))
    require(
        not missing and not extra,
        f"the first column of {file} must name the images, each once",
        f"{len(missing)} images without a row {missing[:3]} and {len(extra)} rows without an image {extra[:3]}",
        "write paths relative to the image folder, with / between folders",
    )
    ordered = table.set_index(listed).loc[list(names)].iloc[:, 1:]
    require(len(ordered.columns), f"{file} must hold at least one factor beside the file names", "one column")
    return {str(name): ordered[name].to_numpy() for name in ordered.columns}
