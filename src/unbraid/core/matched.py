"""Labels in a table of their own, matched with the rows that they are of: by name, else by their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from unbraid.core.checks import require
from unbraid.core.tables import is_number, row_names

if TYPE_CHECKING:
    import pandas as pd

READINGS: tuple[Callable[[str], str], ...] = (  # of a name: as written, without its folder, without its ending too
    str.strip,
    lambda text: PurePath(text.strip()).name,
    lambda text: PurePath(text.strip()).stem,
)


def matched_rows(
    table: pd.DataFrame, names: Sequence[str] | None, rows: int, source: object
) -> tuple[pd.DataFrame, list[str], str]:
    """The labels of `rows` rows in their order; a row that the table does not list has none.

    Args:
        table: one row per labelled thing, in any order where a column names them.
        names: of the rows, such as the names of their pictures; None where they have none.
        rows: how many there are.
        source: the file, for messages.

    Returns:
        the table without columns that only name the rows, these columns, and in words how rows were matched.

    Raises:
        UsageError: names listed twice, no name in common and another number of rows, nothing but names.
    """
    by_name = None if names is None else _by_name(table, names, source)
    left_out = row_names(table)
    if by_name is not None:
        table, column, said = by_name
        left_out = [column, *(name for name in left_out if name != column)]
    else:
        do = "give one row per code or picture, in their order, or a column with their names"
        rule = f"labels in {source} must be {rows:,}, one for each row, or name their rows"
        require(len(table) == rows, rule, f"{len(table):,} rows{'' if names is None else ', none by its name'}", do)
        said = "matched by their order"
    kept = table.drop(columns=left_out)
    require(len(kept.columns), f"{source} must hold a label beside the names of rows", ", ".join(left_out) or "nothing")
    return kept.reset_index(drop=True), left_out, said


def _by_name(table: pd.DataFrame, names: Sequence[str], source: object) -> tuple[pd.DataFrame, str, str] | None:
    """The table in the order of `names`, the column that names its rows, and what to say; None where none does."""
    columns = [name for name in table.columns if not is_number(table[name])]
    best = 0
    for reading in READINGS:
        sought = {reading(str(name)) for name in names}
        if len(sought) < len(names):  # two names would be one
            continue
        for name in columns:
            hits = len(sought & set(table[name].astype(str).map(reading)))
            if hits > best:  # the first of equal ones
                best, read, column = hits, reading, name
    if not best:
        return None
    wanted, listed = [read(str(name)) for name in names], table[column].astype(str).map(read)
    known = set(wanted) & set(listed)
    doubled = listed[listed.duplicated() & listed.isin(known)].tolist()
    require(not doubled, f"{source} must list each row once", f"'{doubled[0] if doubled else ''}' twice")
    lacking, extra = len(wanted) - len(known), len(set(listed) - known)
    said = f"matched by '{column}'"
    said += f"; {lacking:,} of {len(wanted):,} have none" if lacking else ""
    said += f"; {extra:,} rows of labels are of none of them" if extra else ""
    return table.set_index(listed).reindex(wanted), str(column), said
