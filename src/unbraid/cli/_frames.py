"""Any table on the terminal: the columns that have room, whole, and the names of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console

from unbraid.cli._printed import cell, missing
from unbraid.cli._text_table import TextTable

FIRST = (  # columns that go first where there is no room for all
    *("label", "metric", "of", "over", "part", "seed", "layer", "runs", "value", "probability", "mean", "low", "high"),
    *("interval", "above", "floor", "on", "reason", "two_peaked"),
)
GAP = 2  # characters between columns
WIDE = 30  # characters, beyond which a column of text is broken between words


def print_frame(console: Console, frame: pd.DataFrame) -> None:
    """Print the columns of a table that stand side by side, what is compared first; name the others."""
    table, left = printed_frame(frame, console.width)
    console.print(table)
    if "reason" in left and "metric" in frame:
        given = frame[frame["reason"].map(lambda reason: not missing(reason) and reason != "")]
        for metric, reason in dict.fromkeys(zip(given["metric"], given["reason"], strict=True)):
            console.print(f"— {metric}: {reason}", markup=False, highlight=False)
    if left:
        lacking = f"not shown, for want of width: {', '.join(left)}; a file has them: --out table.csv"
        console.print(lacking, markup=False, highlight=False)


def printed_frame(frame: pd.DataFrame, width: int) -> tuple[TextTable, list[str]]:
    """Any table of text and numbers in so many characters, and the names of the columns that had no room.

    Missing cells are dashes, settings are not rounded; columns without any content are left out, and so is the layer
    where there is only one. A column is never narrower than its longest word.
    """
    filled = [name for name in frame if frame[name].map(lambda value: not missing(value) and value != "").any()]
    filled = [name for name in filled if name != "layer" or frame[name].nunique() > 1]
    names = sorted(filled or list(frame), key=lambda name: FIRST.index(str(name)) if str(name) in FIRST else len(FIRST))
    texts = {name: ["—" if missing(value) else cell(value, str(name)) for value in frame[name]] for name in names}
    shown: list[Any] = []
    left = width + GAP
    for name in names:
        needed = GAP + min(_longest(texts[name], name), max(WIDE, _longest_word(texts[name], name)))
        if needed <= left or not shown:
            shown.append(name)
            left -= needed
    rows = list(zip(*(texts[name] for name in shown), strict=True))
    return TextTable([str(name) for name in shown], rows), [str(name) for name in names if name not in shown]


def _longest(texts: Sequence[str], name: Any) -> int:
    return max(len(str(name)), *map(len, texts), 0)


def _longest_word(texts: Sequence[str], name: Any) -> int:
    return max(len(word) for text in (str(name), *texts) for word in text.split(" "))
