"""Scoring codes from a file; torch is not imported here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unbraid.cli._console import console, say
from unbraid.cli._printed import difference_hint, floor_hint, printed_differences, printed_scores
from unbraid.core import kinds_of, require_known
from unbraid.metrics import (
    Difference,
    FloorChoice,
    Representation,
    Scored,
    differences,
    intervals,
    read_codes,
    remarks,
    score,
)
from unbraid.store import whole_file

if TYPE_CHECKING:
    import pandas as pd

TESTED = ("first", "second", "low", "high", "p", "holm", "shows")


@dataclass(frozen=True)
class Given:
    """What is said of a file of codes: names of codes and factors, kinds, a file of labels; see `read_codes`."""

    code: Sequence[str] | None = None
    factors: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    labels: Path | None = None


def score_file(
    file: Path,
    metrics: Sequence[str] | None,
    given: Given,
    seed: int,
    out: Path | None,
    interval: bool = False,
    against: Path | None = None,
    floor: FloorChoice = "quick",
) -> None:
    """Read, score or compare, print, and write the table where asked."""
    require_ending(out)
    rep = _read(file, given)
    if against is not None:
        frame = _compared(rep, _read(against, given), metrics, seed, floor)
        console.print(printed_differences(frame, file.name, against.name))
        say(difference_hint(frame))
    else:
        frame = _scored(rep, metrics, seed, interval, floor)
        console.print(printed_scores(frame))
        say(floor_hint(frame))
    write_table(frame, out)


def _scored(
    rep: Representation, metrics: Sequence[str] | None, seed: int, interval: bool, floor: FloorChoice
) -> pd.DataFrame:
    """The table of scores, with low and high ends where intervals are asked for."""
    if not interval:
        return score(rep, metrics=metrics, seed=seed, floor=floor).table(len(rep))
    estimates = intervals(rep, metrics, seed=seed, floor=floor)
    frame = Scored({name: estimate.score for name, estimate in estimates.items()}).table(len(rep))
    ends = [estimates[name].ends(part) for name, part in zip(frame["metric"], frame["part"], strict=True)]
    frame[["low", "high"]] = [(low, high) for low, high in ends]
    frame["note"] = [
        note if part else "; ".join(estimates[name].notes)
        for name, part, note in zip(frame["metric"], frame["part"], frame["note"], strict=True)
    ]
    frame["interval"] = [estimates[name].method or estimates[name].reason for name in frame["metric"]]
    return frame


def _compared(
    first: Representation, second: Representation, metrics: Sequence[str] | None, seed: int, floor: FloorChoice
) -> pd.DataFrame:
    """One row per score: both values and both above chance, their differences, and whether these are within noise."""
    import pandas as pd

    compared = differences(first, second, metrics, seed=seed, floor=floor)
    verdict = {None: "unknown", True: "differ", False: "within noise"}
    return pd.DataFrame(
        {"metric": name}
        | _tested(difference)
        | {f"above_{column}": cell for column, cell in _tested(difference.above or Difference(None, None)).items()}
        | {
            "verdict": verdict[difference.clear],
            "method": difference.method,
            "reason": difference.reason,
            "note": difference.note,
        }
        for name, difference in compared.items()
    )


def _tested(difference: Difference) -> dict[str, float | None]:
    """Columns of a difference, of values or of scores above chance."""
    return {column: getattr(difference, column) for column in TESTED}


def require_ending(out: Path | None) -> None:
    """Refuse a table's file that would be written in no known way, before the work is done."""
    if out is not None:
        require_known(out.suffix, (".csv", ".json", ".parquet"), "the ending of --out")


def write_table(frame: pd.DataFrame, out: Path | None) -> None:
    """Write a table of scores as the ending of its file says, where one is asked for, and say so."""
    if out is not None:
        with whole_file(out) as aside:
            _write(frame, aside, out.suffix)
        say(f"written: {out}")


def _write(frame: pd.DataFrame, out: Path, kind: str) -> None:
    if kind == ".csv":
        frame.to_csv(out, index=False)
    elif kind == ".json":
        frame.to_json(out, orient="records", indent=1)
    else:
        frame.to_parquet(out, index=False)


def _read(file: Path, given: Given) -> Representation:
    """The codes of a file; says what was read and how, so that a wrong split of columns or a wrong kind shows."""
    reading = read_codes(file, given.factors, kinds_of(given.kinds or ()) or None, code=given.code, labels=given.labels)
    rep = reading.rep
    say(f"{file.name}: rows {len(rep):,}, latents {rep.latents}, factors {len(rep.space)}")
    for line in rep.labels.described():
        say(f"  {line}")
    if reading.said:
        say(f"  labels of {given.labels.name if given.labels else file.name}: {reading.said}")
    if reading.left_out:
        say(f"  left out, for they only name the rows: {', '.join(reading.left_out)}")
    if reading.unused:
        say(f"  left out, neither latents nor factors: {', '.join(reading.unused)}")
    if not len(rep.space):
        others = f"; it also holds {', '.join(reading.unopened)}" if reading.unopened else ""
        say(f"  no labels, so scores without labels; name them with --factors, or a file with --labels{others}")
    for remark in remarks(rep):
        say(remark)
    return rep
