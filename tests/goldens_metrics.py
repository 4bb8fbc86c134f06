"""Golden values of metrics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.goldens import Check


def checks(folder: Path, expected: dict[str, Any]) -> Iterator[Check]:
    """One check per value of every case in `expected`."""
    for case, entry in expected["cases"].items():
        for name in entry.get("metrics", entry.get("values", {case: None})):
            yield Check(f"metrics/{case}/{name}")
