"""Golden values: `python -m tests.golden [DIR]` compares ours with independent implementations.

DIR holds any of `metrics/`, `objectives/`, `datasets/`, each with an `expected.json`; cases are found from that
file, their family and their files, never by a known case name. A missing folder is left out.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parent / "data"
KINDS = ("metrics", "objectives", "datasets")


@dataclass(frozen=True)
class Check:
    """One golden value: its name and what returns a mismatch in words, or an empty string when it agrees.

    `run` is None where no code covers the value (counted as skipped, by name); `slow` ones run in `make golden` only.
    """

    name: str
    run: Callable[[], str] | None = None
    slow: bool = False


def checks(folder: Path) -> Iterator[Check]:
    """All checks of the kinds of folder that exist under `folder`."""
    for kind in KINDS:
        if (folder / kind / "expected.json").exists():
            expected = json.loads((folder / kind / "expected.json").read_text(encoding="utf-8"))
            yield from importlib.import_module(f"tests.golden.{kind}").checks(folder / kind, expected)


def mismatch(ours: Any, expected: Any, atol: float = 0.0, rtol: float = 0.0) -> str:
    """Words for the difference between two arrays of numbers ("nan" and "inf" may be text), or an empty string."""
    ours, theirs = np.asarray(ours, dtype=np.float64), np.asarray(_numbers(expected), dtype=np.float64)
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, expected {theirs.shape}"
    if np.allclose(ours, theirs, atol=atol, rtol=rtol, equal_nan=True):
        return ""
    apart = np.nan_to_num(np.abs(ours - theirs), nan=np.inf)
    place = np.unravel_index(np.argmax(apart), apart.shape) if apart.ndim else ()
    at = f" at {[int(i) for i in place]}" if place else ""
    return f"ours {ours[place]:.10g}, expected {theirs[place]:.10g}{at} (tolerance {atol:g} + {rtol:g} relative)"


def _numbers(given: Any) -> Any:
    """Nested lists with their numbers as floats."""
    return [_numbers(item) for item in given] if isinstance(given, list) else float(given)


def outcome(check: Check) -> str:
    """The mismatch of a check in words; an exception is one too."""
    assert check.run is not None
    try:
        return check.run()
    except Exception as error:  # a golden value that crashes is a mismatch, and the others go on
        return f"{type(error).__name__}: {error}"


def main() -> int:
    """Print each mismatch, the skipped by name, and `N passed, N failed, N skipped`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--only", default="", help="run only checks whose name contains this")
    arguments = parser.parse_args()
    passed = failed = skipped = 0
    for check in checks(arguments.folder):
        if arguments.only not in check.name:
            continue
        if check.run is None:
            skipped += 1
            print(f"skipped  {check.name}")
            continue
        difference = outcome(check)
        passed, failed = passed + (not difference), failed + bool(difference)
        if difference:
            print(f"MISMATCH {check.name}: {difference}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0
