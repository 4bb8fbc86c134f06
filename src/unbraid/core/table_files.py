"""Tables in files: one reading of CSV (with any separator, encoding and decimal sign) and of Parquet."""

from __future__ import annotations

import codecs
import csv
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unbraid.core.checks import UsageError, failure, require, sentence
from unbraid.core.tables import UNNAMED, is_number
from unbraid.core.web_pages import require_data

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".tsv", ".txt", ".parquet")
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DECIMAL_COMMA = r"[-+]?\d*(,\d*)?([eE][-+]?\d+)?"
THOUSANDS = r"[-+]?\d{1,3}(\.\d{3})+(,\d*)?"  # 1.234,5
EITHER = r"[-+]?\d{1,3}(,\d{3})+"  # 1,234: a decimal comma or one of thousands


def is_table(file: Path | str) -> bool:
    """Whether the name is one of a table.

    >>> is_table("labels.CSV"), is_table("codes.npz")
    (True, False)
    """
    return Path(file).suffix.lower() in TABLES


def read_table(file: Path) -> pd.DataFrame:
    """A CSV (.csv, .tsv, .txt) or a Parquet file as a table, its columns named by text.

    Raises:
        UsageError: not there, another format, damaged, no rows.
    """
    require(is_table(file), f"a table must end in {', '.join(TABLES)}", file.name, "save it as CSV")
    if file.suffix.lower() != ".parquet":
        return read_csv(file)
    import pandas as pd

    require(file.is_file(), "a table must exist", f"{file}, which is not there", "check the path")
    require_data(file)
    try:
        frame = pd.read_parquet(file)
    except Exception as error:  # pyarrow's own errors, of many types
        rule = f"{file} must be a whole Parquet file"
        raise UsageError(sentence(rule, failure(error), "copy or save it again")) from error
    require(len(frame.columns) and len(frame), f"{file} must have columns and rows", f"{frame.shape}")
    frame.columns = pd.Index([str(column).strip() for column in frame.columns])
    if frame.index.name is not None and str(frame.index.name) not in frame.columns:
        frame = frame.reset_index()
    _require_names(frame.columns, file)
    return frame


def read_csv(file: Path) -> pd.DataFrame:
    """A CSV with a header line; the separator is the one that parts the header, decimal commas are read.

    Raises:
        UsageError: not there, not text, rows of different lengths, no header or no rows, numbers that may be two.
    """
    import pandas as pd

    rule = f"{file} must be a CSV with a header line"
    require(os.path.isfile(file), rule, "no such file", "check the path")
    require_data(file)
    separator = ","
    try:
        encoding = _encoding(file)
        header, first = _first_lines(file, encoding)
        separator = _separator(header)
        _require_names(next(csv.reader([header], delimiter=separator), []), file)
        names = _names(header, first, separator)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # cells that no column takes
            frame = pd.read_csv(
                file, sep=separator, encoding=encoding, skipinitialspace=True, index_col=False, names=names, header=0
            )
    except UsageError:
        raise
    except UnicodeDecodeError as error:
        do = "save it again as UTF-8 (in Excel: CSV UTF-8)"
        raise UsageError(f"{rule} in UTF-8 or UTF-16; reading it failed: {error}; {do}.") from error
    except (ValueError, pd.errors.ParserWarning) as error:  # pandas' parser errors are ValueErrors
        said = " ".join(str(error).split()).rstrip(".")
        rule = f"{rule}; reading it, columns parted by {_named(separator)}, failed: {said}"
        do = "give each row a cell for each column, and quote cells that hold the separator"
        raise UsageError(sentence(rule, do=do)) from error
    require(len(frame.columns) and len(frame), f"{rule} and rows below it", f"{len(frame)} rows")
    frame.columns = pd.Index([str(column).strip() for column in frame.columns])
    if names is not None:
        _require_row_names(frame, header, file)
    return frame.apply(lambda column: _with_decimal_points(column, separator, file))


def _require_names(columns: Iterable[str], file: Path) -> None:
    names = [str(name).strip() for name in columns]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    came = f"two called {', '.join(doubled)}"
    require(not doubled, f"columns of {file} must have names that differ", came, "rename one of them")


def _encoding(file: Path) -> str:
    """As the byte-order mark says; UTF-8 without one."""
    with file.open("rb") as stream:
        head = stream.read(3)
    return next((name for mark, name in ENCODINGS.items() if head.startswith(mark)), "utf-8")


def _first_lines(file: Path, encoding: str) -> tuple[str, str]:
    """The header and the line below it, empty where there is none."""
    with file.open(encoding=encoding, newline="") as stream:
        lines = (line for line in stream if line.strip())
        return next(lines, ""), next(lines, "")


def _names(header: str, first: str, separator: str) -> list[str] | None:
    """Names of the columns where the header lacks the first one, as R's write.table writes row names; else None."""
    names, cells = (next(csv.reader([line], delimiter=separator), []) for line in (header, first))
    return [UNNAMED, *names] if names and len(cells) == len(names) + 1 and cells[-1].strip() else None


def _require_row_names(frame: pd.DataFrame, header: str, file: Path) -> None:
    """Raise `UsageError` where the cells that no heading names do not name rows: halves of numbers, it may be."""
    first = frame.iloc[:, 0]
    twice = first[first.duplicated()].tolist()
    came = f"'{twice[0]}' twice below the headings {header.strip():.80}" if twice else None
    do = "name each column; where commas are decimal signs, part the columns by semicolons"
    require(
        not twice, f"{file} has a cell more than headings in each row; such first cells must name the row", came, do
    )


def _separator(header: str) -> str:
    """The one that parts the header into most fields; a comma where none does."""
    fields = {sep: len(next(csv.reader([header], delimiter=sep), [])) for sep in SEPARATORS}
    return max(SEPARATORS, key=lambda sep: fields[sep])


def _named(separator: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[separator]


def _with_decimal_points(column: pd.Series[Any], separator: str, file: Path) -> pd.Series[Any]:
    """Text of numbers with decimal commas as numbers; any other column as it is."""
    import pandas as pd

    if is_number(column) or not (known := column.dropna().astype(str).str.strip()).str.contains(",").any():
        return column
    if not (known.str.fullmatch(f"{DECIMAL_COMMA}|{THOUSANDS}") & known.str.contains(r"\d")).all():
        return column
    require(
        separator != "," or not known[known.str.contains(",")].str.fullmatch(EITHER).all(),
        f"numbers of {file} must be written in one way",
        f"'{known[known.str.contains(',')].iloc[0]}' in column '{column.name}', whose comma may part thousands",
        "write decimal points, or part the columns by semicolons",
    )
    points = known.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return pd.to_numeric(points).reindex(column.index)
