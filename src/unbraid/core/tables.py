"""Tables of text: one reading of CSV files, which of their columns only name the rows, and tables in Markdown."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unbraid.core.checks import UsageError, require

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # rows from which numbers that run with them are taken for a counter
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
SEPARATORS = (",", ";", "\t", "|")


def read_csv(file: Path) -> pd.DataFrame:
    """A CSV with a header line; the separator is the one that parts the header, decimal commas are read.

    Raises:
        UsageError: not there, not text, rows of different lengths, no header or no rows.
    """
    import pandas as pd

    rule = f"{file} must be a CSV with a header line"
    require(file.is_file(), rule, "no such file", "check the path")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header = next((line for line in stream if line.strip()), "")
        separator = _separator(header)
        frame = pd.read_csv(file, sep=separator, encoding="utf-8-sig", skipinitialspace=True, index_col=False)
    except (ValueError, UnicodeDecodeError) as error:  # pandas' parser errors are ValueErrors
        raise UsageError(f"{rule}; reading it failed: {error}.") from error
    require(len(frame.columns) and len(frame), f"{rule} and rows below it", f"{len(frame)} rows")
    frame.columns = pd.Index([str(column).strip() for column in frame.columns])
    return frame if separator == "," else frame.apply(_with_decimal_points)


def row_names(frame: pd.DataFrame) -> list[str]:
    """Columns that name or count the rows and say nothing else: an index without a name, file names, a counter."""
    names = []
    for k, name in enumerate(frame.columns):
        column = frame.iloc[:, k]
        text = not _is_number(column) and len(column) > 1 and column.nunique(dropna=False) == len(column)
        if str(name).startswith("Unnamed:") or not str(name) or text or _counts(column):
            names.append(str(name))
    return names


def _separator(header: str) -> str:
    """The one that parts the header into most fields; a comma where none does."""
    fields = {sep: len(next(csv.reader([header], delimiter=sep), [])) for sep in SEPARATORS}
    return max(SEPARATORS, key=lambda sep: fields[sep])


def _with_decimal_points(column: pd.Series[Any]) -> pd.Series[Any]:
    """Text of numbers with decimal commas as numbers; any other column as it is."""
    import pandas as pd

    if _is_number(column) or not column.dropna().astype(str).str.fullmatch(r"[-+]?\d+(,\d*)?([eE][-+]?\d+)?").all():
        return column
    return pd.to_numeric(column.str.replace(",", ".", regex=False))


def _counts(column: pd.Series[Any]) -> bool:
    """Whether the column numbers the rows, from 0 or 1."""
    if not _is_number(column) or len(column) < FEWEST or column.isna().any():
        return False
    values = column.to_numpy(dtype=np.float64)
    return bool(values[0] in (0, 1) and np.all(np.diff(values) == 1))


def _is_number(column: pd.Series[Any]) -> bool:
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
