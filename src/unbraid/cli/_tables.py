"""Tables as files: CSV, Parquet, LaTeX, Markdown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from unbraid.cli._printed import cell, is_setting
from unbraid.core import require_known
from unbraid.core.tables import markdown_table
from unbraid.store import whole_file, write_parquet

ENDINGS = (".csv", ".parquet", ".tex", ".md")


def write_frame(frame: pd.DataFrame, out: Path) -> None:
    """Write a table in the format that the file's ending names; missing cells are empty.

    Raises:
        UsageError: another ending, or a place that cannot be written.
    """
    require_known(out.suffix, ENDINGS, "the ending of --out")
    if out.suffix == ".parquet":
        write_parquet(out, frame)
        return
    with whole_file(out) as aside:
        if out.suffix == ".csv":
            frame.to_csv(aside, index=False)
        elif out.suffix == ".tex":
            aside.write_text(latex(frame), encoding="utf-8")
        else:
            aside.write_text(markdown(frame), encoding="utf-8")


def markdown(frame: pd.DataFrame) -> str:
    """A table in Markdown."""
    rows = [
        [cell(value, str(name)) for name, value in zip(frame.columns, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    return markdown_table([str(name) for name in frame.columns], rows) + "\n"


def latex(frame: pd.DataFrame) -> str:
    """A table in LaTeX with the rules of booktabs, special characters escaped; settings are not rounded."""
    exact = [name for name in frame if is_setting(str(name))]
    frame = frame.astype(dict.fromkeys(exact, object))
    for name in exact:
        frame[name] = [cell(value, str(name)) for value in frame[name]]
    return frame.to_latex(index=False, escape=True, na_rep="", float_format="%.3f")
