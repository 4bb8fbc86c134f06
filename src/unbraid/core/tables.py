"""Tables: which of their columns only name the rows, and tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # rows from which numbers that run with them are taken for a counter
_INDEX = re.compile(r"Unnamed: ?\d+.*|__index_level_\d+__|level_\d+")  # as pandas writes an index without a name
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NUMBER = re.compile(r"(.*[_ .-])?(id|idx|index|row|nr|no|number)", re.IGNORECASE)  # names of numbers of rows
_FILE = r"(?i).+\.(png|jpe?g|bmp|gif|tiff?|webp|npy|npz|mat|h5|pt)"
NEARLY, HALF = 0.9, 0.5
UNNAMED = "Unnamed: 0"  # as pandas calls an index that was written without a name


def row_names(frame: pd.DataFrame) -> list[str]:
    """Columns that name or count the rows and say nothing else: an index without a name, file names, a counter."""
    return [str(name) for k, name in enumerate(frame.columns) if _names_rows(str(name), frame.iloc[:, k])]


def _names_rows(name: str, column: pd.Series[Any]) -> bool:
    if _INDEX.fullmatch(name) or not name:
        return True
    if not is_number(column):
        return is_name(column)
    if column.dtype.kind == "b" or len(column) < FEWEST or column.isna().any():
        return False
    values = column.to_numpy(dtype=np.float64)
    return counts(values) or bool(_NUMBER.fullmatch(name) and _all_different(values))


def is_name(column: pd.Series[Any]) -> bool:
    """Whether the column is text that differs in every row, or in nearly every one, or names of pictures."""
    import pandas as pd

    if is_number(column) or len(column) < 2:
        return False
    known = column.dropna().astype(str)
    if HALF < pd.to_numeric(known, errors="coerce").notna().mean() < 1:
        return False  # numbers with a word among them, which is refused where they are read
    different = column.nunique(dropna=False)
    if different == len(column) or (len(column) >= FEWEST and different > NEARLY * len(column)):
        return True
    return different > 1 and bool(known.str.strip().str.fullmatch(_FILE).mean() > HALF)


def _all_different(values: np.ndarray) -> bool:
    return bool(np.array_equal(values, np.round(values)) and len(np.unique(values)) == len(values))


def counts(values: np.ndarray) -> bool:
    """Whether N numbers [N] are a, a + 1, … a + N - 1 in any order."""
    if len(values) < FEWEST:
        return False
    low = float(values.min())
    if low != round(low) or float(values.max()) - low != len(values) - 1:
        return False
    return bool(np.array_equal(np.sort(values), low + np.arange(len(values))))


def is_number(column: pd.Series[Any]) -> bool:
    """Whether the column holds numbers."""
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; bars inside cells and beginnings of HTML tags are escaped."""
    return "\n".join(_markdown_row(cells) for cells in (head, ["---"] * len(head), *rows))


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_without_tags(str(cell)).replace('|', chr(92) + '|') for cell in cells)} |"


def markdown_text(text: str) -> str:
    """Somebody's words as a paragraph of Markdown, in which HTML and links stay words.

    >>> markdown_text("a < b, <img src=x> and [here](javascript:x)")
    'a < b, &lt;img src=x> and [here]\\\\(javascript:x)'
    """
    return _without_tags(text).replace("](", "]\\(")


def _without_tags(text: str) -> str:
    """The text on one line, beginnings of HTML tags escaped."""
    return _TAG.sub("&lt;", " ".join(text.split()))
