"""Scoring codes from a file; torch is not imported here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unbraid.cli._screen import console, counting_bar, score_table
from unbraid.core import need_known
from unbraid.metrics import Representation, Score, score
from unbraid.metrics._files import read_representation
from unbraid.store import writable

if TYPE_CHECKING:
    import pandas as pd


def score_file(
    file: Path, metrics: Sequence[str] | None, factors: Sequence[str] | None, seed: int, out: Path | None
) -> None:
    """Read, score, print, and write the table where asked."""
    if out is not None:
        need_known(out.suffix, (".csv", ".json", ".parquet"), "the ending of --out")
    rep = read_representation(file, factors)
    _say(rep)
    with counting_bar("scoring") as report:
        scores = score(rep, metrics, seed=seed, progress=report)
    frame = tidy(scores, len(rep))
    console.print(score_table(frame))
    if out is not None:
        with writable(out):
            _write(frame, out)
        console.print(f"written: {out}", highlight=False, soft_wrap=True)


def tidy(scores: dict[str, Score], rows: int) -> pd.DataFrame:
    """One row per score and part."""
    import pandas as pd

    lines = [
        {"metric": name, "part": part, "value": value, "variant": each.variant, "reason": each.reason, "rows": rows}
        for name, each in scores.items()
        for part, value in {"": each.value, **each.parts}.items()
    ]
    return pd.DataFrame(lines)


def _write(frame: pd.DataFrame, out: Path) -> None:
    if out.suffix == ".csv":
        frame.to_csv(out, index=False)
    elif out.suffix == ".json":
        frame.to_json(out, orient="records", indent=1)
    else:
        frame.to_parquet(out, index=False)


def _say(rep: Representation) -> None:
    """What was read, so that a wrong split of columns shows."""
    factors = ", ".join(f"{f.name} ({f.size or 'continuous'})" for f in rep.space.factors)
    console.print(f"{len(rep):,} rows, {rep.latents} latents, factors: {factors}", highlight=False, soft_wrap=True)
