"""CelebA's portraits and tables, as published or as other tools leave them: Kaggle's CSV, unpacked folders, Macs."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from unbraid.core import require
from unbraid.core.places import expanded
from unbraid.core.web_pages import require_data
from unbraid.data._files.archives import left_by_others, member_bytes, zip_members
from unbraid.data._files.locations import dataset_folder, located
from unbraid.data._files.prepared import fingerprint

ARCHIVE, ATTRIBUTES, PARTITION = "img_align_celeba.zip", "list_attr_celeba.txt", "list_eval_partition.txt"
UNPACKED = ("img_align_celeba/img_align_celeba", "img_align_celeba", "celeba/img_align_celeba", ".")
PORTRAIT = re.compile(r"\d+\.jpe?g", re.IGNORECASE)
Table = dict[str, list[str]]


@dataclass(frozen=True)
class Portraits:
    """Where the portraits are.

    Args:
        place: the archive, or the folder into which it was unpacked.
        names: members of the archive or paths in the folder, in the order of their numbers.
    """

    place: Path
    names: tuple[str, ...]

    @property
    def print(self) -> str:
        """Letters that change with the files."""
        return fingerprint(self.place) if self.place.is_file() else fingerprint(self.place, count=len(self.names))

    def contents(self) -> Iterator[tuple[str, BinaryIO]]:
        """Name and bytes of each portrait."""
        if self.place.is_file():
            with zip_members(self.place) as (archive, _):
                for name in self.names:
                    yield name, io.BytesIO(member_bytes(archive, archive.getinfo(name), self.place))
        else:
            for name in self.names:
                with (self.place / name).open("rb") as stream:
                    yield name, stream


def portraits(path: str | None) -> Portraits:
    """The portraits in a folder: of the archive, or unpacked; of the dataset's own folder when None.

    Raises:
        UsageError: neither is there, or nothing in it is a portrait.
    """
    folder = dataset_folder("celeba") if path is None else expanded(path)
    if os.path.isdir(folder) and not os.path.isfile(folder / ARCHIVE):
        for inner in UNPACKED:
            place = folder / inner
            names = [file.name for file in place.iterdir() if PORTRAIT.fullmatch(file.name)] if place.is_dir() else []
            if names:
                return Portraits(place, tuple(sorted(names)))
    archive = located("celeba", ARCHIVE, str(folder))
    with zip_members(archive) as (_, members):
        names = sorted(name for name in members if name.lower().endswith(".jpg") and not left_by_others(name))
    require(names, f"{archive} must hold portraits img_align_celeba/000001.jpg, …", "no .jpg in it")
    return Portraits(archive, tuple(names))


def table_file(path: str | None, name: str) -> Path:
    """One of the tables, as published (.txt) or as Kaggle has it (.csv), in the folder or beside the archive."""
    folder = dataset_folder("celeba") if path is None else expanded(path)
    folder = folder.parent if os.path.isfile(folder) else folder
    other = Path(name).with_suffix(".csv").name
    file = folder / other if os.path.isfile(folder / other) and not os.path.isfile(folder / name) else None
    if file is None:
        return located("celeba", name, str(folder))
    require_data(file)
    return file


def read_table(file: Path, titled: bool) -> tuple[list[str], Table]:
    """Titles of the columns, and the cells of each portrait by its name.

    Args:
        file: of words between blanks, or `.csv` with a header.
        titled: whether a file of words has its number of rows in the first line and titles in the second.
    """
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    if file.suffix == ".csv":
        rows = [row for row in csv.reader(io.StringIO(text)) if row]
        return (rows[0][1:] if rows else []), {row[0]: row[1:] for row in rows[1:]}
    lines = text.splitlines()
    titles = lines[1].split() if titled and len(lines) > 1 else []
    cells = map(str.split, lines[2 if titled else 0 :])
    return titles, {row[0]: row[1:] for row in cells if row}


def row_of(table: Table, name: str, columns: int) -> list[str]:
    """The columns of a portrait."""
    row = table.get(name.rpartition("/")[2], [])
    rule = f"CelebA's tables must give {columns} values for each portrait"
    require(len(row) == columns, rule, f"{len(row)} for {name}")
    return row
