"""Tables as files: CSV, Parquet, LaTeX, Markdown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from unbraid.core import require_known
from unbraid.store import whole_file, writable

ENDINGS = (".csv", ".parquet", ".tex", ".md")


def write_frame(frame: pd.DataFrame, out: Path) -> None:
    """Write a table in the format that the file's ending names; missing cells are empty.

    Raises:
        UsageError: another ending, or a place that cannot be written.
    """
    require_known(out.suffix, ENDINGS, "the ending of --out")
    with writable(out), whole_file(out) as aside:
        if out.suffix == ".parquet":
            mixed = {name: "string" for name in frame.columns if frame[name].dtype == object}
            frame.astype(mixed).to_parquet(aside, index=False)
        elif out.suffix == ".csv":
            frame.to_csv(aside, index=False)
        elif out.suffix == ".tex":
            aside.write_text(latex(frame), encoding="utf-8")
        else:
            aside.write_text(markdown(frame), encoding="utf-8")


def markdown(frame: pd.DataFrame) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + " --- |" * len(frame.columns)]
    for row in frame.itertuples(index=False):
        lines.append("| " + " | ".join(cell(value).replace("|", "\\|") for value in row) + " |")
    return "\n".join(lines) + "\n"


def latex(frame: pd.DataFrame) -> str:
    """A table in LaTeX with booktabs rules."""
    columns = "".join("r" if pd.api.types.is_numeric_dtype(frame[name]) else "l" for name in frame.columns)
    lines = [" & ".join(escaped(str(name)) for name in frame.columns) + r" \\", r"\midrule"]
    lines += [" & ".join(escaped(cell(value)) for value in row) + r" \\" for row in frame.itertuples(index=False)]
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *lines, r"\bottomrule", r"\end{tabular}", ""])


def cell(value: object) -> str:
    """Three decimals for numbers that are not whole, nothing for a missing value."""
    if pd.isna(value):
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def escaped(text: str) -> str:
    """Text with LaTeX's special characters made harmless."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, f"\\{c}" if c in "&%$#_{}" else c) for c in text)
