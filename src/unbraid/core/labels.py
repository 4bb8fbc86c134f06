"""One reading of labels: from columns of any kind to factors with levels, the same wherever labels are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core._columns import plain_column
from unbraid.core._kinds import Kinds, kinds_by_name, numbered
from unbraid.core.checks import require, require_finite
from unbraid.core.factors import FactorSpace


@dataclass(frozen=True)
class Labels:
    """Factors of N rows as read.

    Args:
        factors: [N, K]; int64 level numbers, or float64 when a factor is continuous. What stands where `missing` is
            True says nothing.
        missing: bool [N, K], True where a row has no value of the factor; None where nothing is missing.
        space: name, kind, levels and their original values or names [K].
    """

    factors: np.ndarray
    missing: np.ndarray | None
    space: FactorSpace

    def described(self) -> tuple[str, ...]:
        """One line a factor: name, kind, how many levels or which range, and how many rows lack it."""
        return tuple(self._line(k) for k in range(len(self.space)))

    def _line(self, k: int) -> str:
        factor, column = self.space.factors[k], self.factors[:, k]
        lacking = np.zeros(len(column), dtype=bool) if self.missing is None else self.missing[:, k]
        period = f" (a turn is {factor.period:g})" if factor.kind == "circular" and factor.period else ""
        if factor.size:
            ends = factor.labels or tuple(f"{value:g}" for value in factor.values)
            listing = f": {', '.join(ends) if len(ends) <= 4 else f'{ends[0]} … {ends[-1]}'}" if ends else ""
            range_ = f"{factor.size} level{'' if factor.size == 1 else 's'}{listing}"
        else:
            range_ = f"{column[~lacking].min():g} … {column[~lacking].max():g}"
        gaps = f"; missing in {int(lacking.sum()):,} of {len(column):,} rows" if lacking.any() else ""
        return f"{factor.name}: {factor.kind}{period}, {range_}{gaps}"


def read_labels(table: Any, names: Sequence[str] | None = None, kinds: Kinds | None = None) -> Labels:
    """Decide the kind of each column and number its levels.

    Numbers have levels, `ordinal` in ascending order, when there are at least five rows per level on average and at
    most 256 levels; else they are `continuous`. Text, booleans and categories are `categorical`, in alphabetical order
    or in that of their dtype; ordered categories are `ordinal`. NaN, None, empty text and NA are missing levels.

    Args:
        table: columns [N, K] (or one [N]): an array, a list of rows, a pandas DataFrame or Series, or a mapping from
            names to columns.
        names: of the columns [K]; None takes the table's own, or "factor 0", ….
        kinds: what is not to be decided, by name of factor or one per column ("" is decided): `ordinal`,
            `categorical`, `continuous`, `circular` or `circular:360`, with the length of a full turn.

    Returns:
        the factors, where they are missing, and their space. Decide on all rows there are: a part of them may have
        other kinds.

    Raises:
        UsageError: a column without any value, values that are no labels, kinds that do not fit, names that do not.

    Example:
        >>> labels = read_labels({"shape": ["cone", "ball"] * 5, "x": [0.5, 1.5, 2.5, 3.5, 4.5] * 2})
        >>> labels.space.factors[0].labels, labels.space.factors[1].kind
        (('ball', 'cone'), 'continuous')
    """
    columns = columns_of(table, names)
    said = kinds_by_name(tuple(columns), kinds)
    plain = [plain_column(name, column) for name, column in columns.items()]
    rows = {len(column.values) for column in plain}
    require(len(rows) <= 1, "columns of labels must have the same number of rows", sorted(rows))
    read = [numbered(name, column, said.get(name, "")) for name, column in zip(columns, plain, strict=True)]
    space = FactorSpace(tuple(factor for factor, _ in read))
    whole = all(np.issubdtype(numbers.dtype, np.integer) for _, numbers in read)
    empty = np.empty((0 if isinstance(table, Mapping) else len(table), 0))
    factors = np.stack([numbers for _, numbers in read], axis=1) if read else empty
    missing = np.stack([column.missing for column in plain], axis=1) if read else empty.astype(bool)
    return Labels(factors.astype(np.int64 if whole else np.float64), mask_or_none(missing), space)


def labels_in(space: FactorSpace, factors: Any, missing: np.ndarray | None = None) -> Labels:
    """Level numbers [N, K] of a known space; those that are NaN, or masked by `missing` [N, K], are missing.

    Raises:
        UsageError: not one column per factor, no mask of that shape, infinite values, levels outside the space.
    """
    factors = np.asarray(factors)
    factors = factors[:, None] if factors.ndim == 1 else factors
    require(factors.ndim == 2, "factors must be a matrix [N, K]", f"shape {factors.shape}")
    require(len(space) == factors.shape[1], "space must name every column of factors", f"{len(space)} names")
    mask = np.zeros(factors.shape, dtype=bool) if missing is None else np.asarray(missing)
    rule = f"missing must be a mask of the shape of factors {factors.shape}"
    require(mask.shape == factors.shape and mask.dtype == bool, rule, f"{mask.dtype} {mask.shape}")
    if np.issubdtype(factors.dtype, np.floating):
        mask = mask | np.isnan(factors)
    if mask.any():
        factors = np.where(mask, 0, factors)
        factors = factors.astype(np.int64) if all(space.sizes) else factors
    require_finite(factors, "factors")
    for factor, column in zip(space.factors, factors.T, strict=True):
        low, high = (column.min(), column.max()) if len(column) else (0, 0)
        require(
            not factor.size or (low >= 0 and high < factor.size and np.all(column == np.round(column))),
            f"levels of factor '{factor.name}' must be whole numbers in 0 .. {factor.size - 1}",
            f"{low:g} .. {high:g}",
            "number them from 0, or leave out the space",
        )
    return Labels(factors, mask_or_none(mask), space)


def mask_or_none(missing: np.ndarray) -> np.ndarray | None:
    """The mask, or None where it masks nothing."""
    return missing if missing.any() else None


def columns_of(table: Any, names: Sequence[str] | None = None) -> dict[str, Any]:
    """The columns of a table by name, in their order; see `read_labels`.

    Raises:
        UsageError: more than two axes, names that are not one per column or that repeat.
    """
    if hasattr(table, "columns") and hasattr(table, "iloc"):
        columns, given = [table.iloc[:, k] for k in range(len(table.columns))], [str(c) for c in table.columns]
    elif hasattr(table, "array") and hasattr(table, "name"):
        columns, given = [table], [str(table.name) if table.name is not None else "factor 0"]
    elif isinstance(table, Mapping):
        columns, given = list(table.values()), [str(name) for name in table]
    else:
        array = np.asarray(table)
        if array.dtype.kind in "US" and not isinstance(table, np.ndarray):
            array = np.array(table, dtype=object)  # a list of rows of text and numbers: each keeps its type
        array = array[:, None] if array.ndim == 1 else array
        require(array.ndim == 2, "factors must be a matrix [N, K], one row per observation", f"shape {array.shape}")
        columns = [array[:, k] for k in range(array.shape[1])]
        given = [f"factor {k}" for k in range(len(columns))]
    names = given if names is None else [str(name) for name in names]
    require(len(names) == len(columns), f"names must hold one name per column of factors ({len(columns)})", list(names))
    require(len(set(names)) == len(names), "factor names must differ", list(names), "name each factor once")
    return dict(zip(names, columns, strict=True))
