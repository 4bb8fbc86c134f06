"""The table of methods on the terminal, and as LaTeX or Markdown."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unbraid.cli._tables import ENDINGS, write_frame
from unbraid.core import require_known
from unbraid.core.tables import markdown_table
from unbraid.store import whole_file
from unbraid.studies import MethodsText, methods_text

GAP = 2  # characters between columns
NAMES = 32  # characters of the column of methods, which is broken between words beyond
STAR = "*"  # of what is bold, where type may have no weights
HEADING = 16  # characters of a score's name, beyond which a number stands for it


def write_methods(table: pd.DataFrame, out: Path) -> None:
    """Write a table of methods: rounded, with intervals and marks, as .tex or .md; every number as .csv or .parquet.

    Raises:
        UsageError: another ending, or a place that cannot be written.
    """
    require_known(out.suffix, ENDINGS, "the ending of --out")
    if out.suffix in (".csv", ".parquet"):
        write_frame(table, out)
        return
    text = methods_text(table)
    with whole_file(out) as aside:
        aside.write_text(methods_latex(text) if out.suffix == ".tex" else methods_markdown(text), encoding="utf-8")


def methods_markdown(text: MethodsText) -> str:
    """As a table in Markdown, what is best in bold, and what the marks are below it."""
    rows = [
        [f"**{cell}**" if bold else cell for cell, bold in zip(*line, strict=True)]
        for line in zip(text.rows, text.best, strict=True)
    ]
    return "\n".join([markdown_table(text.head, rows), "", *(f"{note}  " for note in text.notes)]) + "\n"


def methods_latex(text: MethodsText) -> str:
    """As a tabular with the rules of booktabs, one between kinds of rows, and what the marks are in comments.

    Needs the package booktabs; bold, ± and † are plain LaTeX.
    """
    frame = pd.DataFrame(text.rows, columns=list(text.head))
    bold = np.where(np.array(text.best, dtype=bool), "textbf:--rwrap;", "")
    styled = frame.style.format(escape="latex").format_index(escape="latex", axis=1).hide(axis="index")
    styled = styled.apply(lambda _: bold, axis=None)
    lines = styled.to_latex(hrules=True, column_format="lr" + "l" * (len(text.head) - 2)).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(r"\midrule")) + 1
    ends = list(itertools.accumulate(len(list(same)) for _, same in itertools.groupby(text.kinds)))[:-1]
    for end in reversed(ends):
        lines.insert(first + end, r"\midrule")
    notes = [f"% {note}" for note in text.notes]
    plain = str.maketrans({"±": r"$\pm$", "†": r"$^\dagger$", "‡": r"$^\ddagger$", "…": r"\ldots ", "—": "---"})
    return "\n".join([*notes, *(line.translate(plain) for line in lines)]) + "\n"


def print_methods(console: Console, table: pd.DataFrame) -> None:
    """Print a table of methods in as many blocks of columns as its scores need; nothing is cut within a word."""
    text = methods_text(table)
    heads, keys = _headings(text.head[2:])
    names = [row[0] for row in text.rows]
    first = min(max(map(len, names)), max(NAMES, *(len(part) for name in names for part in name.split())))
    for block in _blocks(heads, text, console.width - first - GAP - len("runs") - GAP):
        console.print(_block(heads, text, block, first), "")
    for line in (*keys, *(note.replace("bold:", f"{STAR}", 1) for note in text.notes)):
        console.print(line, markup=False, highlight=False)


def _headings(scores: Sequence[str]) -> tuple[list[str], list[str]]:
    """Headings of the scores, and what those stand for that are too long to be one."""
    heads: list[str] = []
    keys: list[str] = []
    for name in scores:
        if len(name) > HEADING:
            keys.append(f"[{len(keys) + 1}] {name}")
        heads.append(name if len(name) <= HEADING else f"[{len(keys)}]")
    return heads, keys


def _blocks(heads: Sequence[str], text: MethodsText, width: int) -> list[list[int]]:
    """Which scores stand side by side; one at least."""
    blocks: list[list[int]] = [[]]
    left = width
    for score, head in enumerate(heads):
        needed = GAP + max(len(head), *(len(row[2 + score]) + len(STAR) for row in text.rows))
        if needed > left and blocks[-1]:
            blocks.append([])
            left = width
        blocks[-1].append(score)
        left -= needed
    return blocks


def _block(heads: Sequence[str], text: MethodsText, block: Sequence[int], first: int) -> Table:
    """Methods with some of the scores, kinds of rows apart."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(Text("method"), width=first)
    table.add_column(Text("runs"), justify="right", no_wrap=True)
    for score in block:
        table.add_column(Text(heads[score]), no_wrap=True)
    for number, (row, best) in enumerate(zip(text.rows, text.best, strict=True)):
        last = number + 1 < len(text.rows) and text.kinds[number + 1] != text.kinds[number]
        cells = [Text(row[2 + score]) + Text(STAR if best[2 + score] else "") for score in block]
        table.add_row(Text(row[0]), Text(row[1]), *cells, end_section=last)
    return table
