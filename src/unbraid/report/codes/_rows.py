"""Rows in words, and the rows at the ends of each latent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unbraid.metrics import Representation
from unbraid.report._text import number
from unbraid.report.codes._map import level_name

ENDS = 5  # rows at either end of a latent
SAID = 6  # labels of a row, at most
LONGEST = 40  # characters of a name


@dataclass(frozen=True)
class Extremes:
    """The rows where a latent is lowest and highest, and its values there."""

    lowest: tuple[tuple[int, str], ...]
    highest: tuple[tuple[int, str], ...]

    @property
    def rows(self) -> list[int]:
        """All of them."""
        return [row for row, _ in (*self.lowest, *self.highest)]


def extremes_of(column: np.ndarray) -> Extremes:
    """The ends of a latent over all rows [N]; of equal values the first rows."""
    order = np.argsort(column, kind="stable")
    count = min(ENDS, len(order) // 2)
    low, high = order[:count], order[::-1][:count][::-1]
    texts = [tuple((int(row), number(float(column[row]), 2)) for row in rows) for rows in (low, high)]
    return Extremes(texts[0], texts[1])


def row_text(rep: Representation, names: Sequence[str] | None, row: int) -> str:
    """A row in words: its name or number, and its labels."""
    name = f"row {row:,}" if names is None else f"{names[row][:LONGEST]} (row {row:,})"
    labels = [
        f"{factor.name} {'unknown' if _lacks(rep, row, k) else level_name(factor, float(rep.factors[row, k]))}"
        for k, factor in enumerate(rep.space.factors[:SAID])
    ]
    return " · ".join([name, *labels])


def _lacks(rep: Representation, row: int, k: int) -> bool:
    return rep.missing is not None and bool(rep.missing[row, k])
