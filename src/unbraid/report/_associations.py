"""The latents that go with each label most, as a report prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unbraid.report._text import number

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 3  # latents of each label
SURE = 0.05  # p after its correction
MEASURES = {"spearman": "Spearman", "eta2": "η²", "r2": "R² of sine and cosine"}


@dataclass(frozen=True)
class LabelRow:
    """A label, and the latents that go with it most.

    Args:
        label: its name.
        measure: Spearman's correlation, or which share of variance.
        rows: with this label.
        latents: (name, value, interval, Holm's p, whether that is at most 0.05).
    """

    label: str
    measure: str
    rows: str
    latents: tuple[tuple[str, str, str, str, bool], ...]


def strongest(table: pd.DataFrame) -> list[LabelRow]:
    """The strongest associations of each label, from the table of `unbraid.metrics.associations`."""
    rows = []
    for label, part in table.groupby("factor", sort=False):
        best = part.reindex(part["value"].abs().sort_values(ascending=False, kind="stable").index)[:SHOWN]
        latents = tuple(
            (
                str(row["latent"]),
                number(row["value"], 2),
                f"{number(row['low'], 2)} … {number(row['high'], 2)}",
                number(row["holm"]),
                bool(row["holm"] <= SURE),
            )
            for row in best.to_dict("records")
        )
        first = part.iloc[0]
        rows.append(LabelRow(str(label), MEASURES[first["measure"]], f"{first['rows']:,}", latents))
    return rows
