"""Scores by name as `score` returns them: a dictionary that shows itself as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unbraid.metrics._floors import FLOOR
from unbraid.metrics._representation import Score
from unbraid.metrics._shown import html_table, number

if TYPE_CHECKING:
    import pandas as pd


class Scored(dict[str, Score]):
    """The Score of each metric by its one name; a plain dictionary that also gives a table.

    >>> scores = Scored({"mig": Score(0.5, {"shape": 0.7}), "udr": Score(None, reason="needs several codes")})
    >>> scores
    mig  0.500
    udr  missing: needs several codes
    >>> list(scores.table(rows=100)["part"])
    ['', 'shape', '']
    """

    def table(self, rows: int | None = None) -> pd.DataFrame:
        """One row per score and part; what belongs to a floor, and the notes, are of the score and not of its parts.

        Args:
            rows: how many were scored, where the table is to say so.
        """
        import pandas as pd

        lines = [
            {"metric": name, "part": part, "value": value}
            | {column: None if part else getattr(given, column) for column in FLOOR}
            | {"variant": given.variant, "reason": given.reason, "note": "" if part else "; ".join(given.notes)}
            | ({} if rows is None else {"rows": rows})
            for name, given in self.items()
            for part, value in {"": given.value, **given.parts}.items()
        ]
        columns = ["metric", "part", "value", *FLOOR, "variant", "reason", "note"] + ["rows"] * (rows is not None)
        return pd.DataFrame(lines, columns=columns).astype(dict.fromkeys(FLOOR, "float64"))

    def __repr__(self) -> str:
        width = max((len(name) for name in self), default=0)
        return "\n".join(f"{name:{width}}  {score.brief}" for name, score in self.items())

    def _repr_html_(self) -> str:
        heads = ("metric", "score", "floor", "above", "")
        rows = [
            (
                name,
                number(score.value),
                number(score.floor),
                number(score.above),
                score.reason or "; ".join(score.notes),
            )
            for name, score in self.items()
        ]
        return html_table(heads, rows)
