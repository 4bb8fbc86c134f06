"""Tables of measurements that grow line by line, so that an interrupted benchmark goes on where it stopped."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Table:
    """A CSV to which each line is written as soon as it is measured.

    Args:
        path: of the CSV; made with its first line.
        columns: its head.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, list(columns)
        self.lines = lines_of(path)

    def has(self, **key: Any) -> bool:
        """Whether a line with these cells stands there."""
        return any(all(line[name] == str(value) for name, value in key.items()) for line in self.lines)

    def drop(self, **key: Any) -> None:
        """Take away the lines with these cells, of what is measured anew."""
        kept = [line for line in self.lines if any(line[name] != str(value) for name, value in key.items())]
        if len(kept) == len(self.lines):
            return
        self.lines = kept
        with self.path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)

    def add(self, **line: Any) -> None:
        """One more line, written at once; a cell that is not given stays empty."""
        cells = {name: "" if line.get(name) is None else str(line[name]) for name in self.columns}
        fresh = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns, lineterminator="\n")
            if fresh:
                writer.writeheader()
            writer.writerow(cells)
        self.lines.append(cells)
        print(*cells.values(), flush=True)


def lines_of(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV; none where it is not there."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
