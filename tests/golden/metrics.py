"""Golden values of metrics: each reference metric's name leads to the function that compares ours with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.harness import Check, mismatch
from tests.golden.metrics_information import CHECKS as INFORMATION
from tests.golden.metrics_probes import CHECKS as PROBES

Arrays = Mapping[str, np.ndarray]
Record = Mapping[str, Any]
# name of the reference metric -> ours(arrays of the case, golden record), which gives our values by the names of
# record["result"] (nested as there), or the mismatch in words where comparing takes more than a tolerance
CHECKS: dict[str, Callable[[Arrays, Record], Mapping[str, Any] | str]] = {**INFORMATION, **PROBES}
KNOWN_BAD = ("num_active_dims_as_reported",)  # a sum of codes, not a count
SLOW = ("dci",)


def checks(folder: Path, expected: dict[str, Any]) -> Iterator[Check]:
    """One check per metric of every case in `expected`."""
    for case, entry in expected["cases"].items():
        for name, record in entry["metrics"].items():
            yield Check(f"metrics/{case}/{name}", _run(folder / entry["file"], name, record), slow=name in SLOW)


def _run(file: Path, name: str, record: Record) -> Callable[[], str] | None:
    """None where the record states a fact about the reference only, or no code covers it."""
    if name not in CHECKS or "result" not in record:
        return None

    def run() -> str:
        with np.load(file) as arrays:
            ours = CHECKS[name](dict(arrays), record)
        return ours if isinstance(ours, str) else compare(record, ours)

    return run


def compare(record: Record, ours: Mapping[str, Any]) -> str:
    """The mismatches of `ours`, each within the record's tolerance for it; every value of the record must be there."""
    ours, expected = dict(_flat(ours)), dict(_flat(record["result"]))
    mismatches = [f"{name}: not compared" for name in expected if name not in ours and name not in KNOWN_BAD]
    for name, value in ours.items():
        difference = mismatch(value, expected[name], atol=_tolerance(record, name))
        if difference:
            mismatches.append(f"{name}: {difference}")
    return "; ".join(mismatches)


def _tolerance(record: Record, name: str) -> float:
    """One number for all, or one per value with `others` for the rest."""
    tolerance = record["tolerance"]
    return float(tolerance.get(name, tolerance.get("others", 0.0)) if isinstance(tolerance, Mapping) else tolerance)


def _flat(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of every leaf."""
    for key, value in nested.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", value
