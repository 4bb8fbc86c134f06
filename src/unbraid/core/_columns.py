"""A column of labels as it comes (numbers, text, booleans, pandas categories), brought to one of four plain forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unbraid.core.checks import UsageError, sentence

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["numbers", "booleans", "text", "categories"]
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")  # what pandas infers of Python objects
TEXT = ("string", "bytes", "mixed-integer", "mixed")


@dataclass(frozen=True)
class Column:
    """One column in plain form.

    Args:
        form: what the column holds.
        values: [N] numbers, booleans or text; of categories their numbers. What stands in missing rows says nothing.
        missing: bool [N], True where there is no value: NaN, None, empty text, pandas' NA.
        categories: names of the categories in their order; empty for other forms.
        ordered: whether the categories are declared to have an order.
    """

    form: Form
    values: np.ndarray
    missing: np.ndarray
    categories: tuple[str, ...] = ()
    ordered: bool = False


def plain_column(name: str, column: Any) -> Column:
    """The column in plain form.

    Raises:
        UsageError: times, complex numbers, lists or other objects, infinite numbers, more than one axis.
    """
    if isinstance(column, np.ndarray) or not hasattr(getattr(column, "dtype", None), "kind"):  # not of pandas
        column = np.asarray(column)
        if column.ndim != 1:
            raise UsageError(sentence(f"factor '{name}' must be one value per row", f"shape {column.shape}"))
        if column.dtype.kind in "iufb":
            return _plain_array(name, column)
    return _plain_series(name, column)


def _plain_array(name: str, values: np.ndarray) -> Column:
    """Of a NumPy array of numbers or booleans."""
    if values.dtype == bool:
        return Column("booleans", values, np.zeros(len(values), dtype=bool))
    missing = np.isnan(values)
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0])
        raise UsageError(
            sentence(f"factor '{name}' must be finite", f"infinity, first in row {row}", "leave such a cell empty")
        )
    return Column("numbers", np.where(missing, 0, values) if missing.any() else values, missing)


def _plain_series(name: str, column: Any) -> Column:
    """Of a pandas Series, or of objects and text."""
    import pandas as pd

    series = pd.Series(column)
    if isinstance(series.dtype, pd.CategoricalDtype):
        return _plain_categories(series)
    if pd.api.types.is_bool_dtype(series) and series.dtype != object:
        return _booleans(series)
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_complex_dtype(series):
        return _plain_array(name, _numeric(series))
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred == "boolean":
        return _booleans(series)
    if inferred in NUMBERS or (inferred == "empty" and len(series)):
        return _plain_array(name, _numeric(pd.to_numeric(series.where(series.notna(), np.nan).astype(object))))
    if inferred in TEXT and all(isinstance(value, str | bytes | int | float | bool) for value in series.dropna()):
        return _text(series)
    raise UsageError(
        sentence(
            f"factor '{name}' must hold numbers, text, booleans or categories",
            series.dtype if series.dtype != object else inferred,
            "convert it, for instance to days or to text",
        )
    )


def _plain_categories(series: pd.Series[Any]) -> Column:
    numbers = series.cat.codes.to_numpy().astype(np.int64)
    categories = tuple(str(category) for category in series.cat.categories)
    empty = [number for number, category in enumerate(categories) if not category.strip()]
    missing = (numbers < 0) | np.isin(numbers, empty)
    return Column("categories", np.where(missing, 0, numbers), missing, categories, bool(series.cat.ordered))


def _booleans(series: pd.Series[Any]) -> Column:
    missing = series.isna().to_numpy(dtype=bool)
    return Column("booleans", series.where(~missing, False).to_numpy(dtype=bool), missing)


def _numeric(series: pd.Series[Any]) -> np.ndarray:
    """Whole numbers stay whole where none is missing."""
    whole = series.dtype.kind in "iu" and not series.isna().any()
    return series.to_numpy(dtype=np.int64) if whole else series.to_numpy(dtype=np.float64, na_value=np.nan)


def _text(series: pd.Series[Any]) -> Column:
    """Without the blanks around it."""
    missing = series.isna().to_numpy(dtype=bool)
    text = [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in series.where(~missing, "")]
    values = np.array([value.strip() for value in text], dtype=str)
    return Column("text", values, missing | (values == ""))
