"""The cars of Cars3D: in the original archive, or unpacked, with or without the list that numbers them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unbraid.core import require, tracked
from unbraid.core.places import expanded
from unbraid.data._files.archives import MOST_MEMBER, left_by_others, member_bytes, tar_members
from unbraid.data._files.locations import located
from unbraid.data._files.prepared import fingerprint

FILE = "nips2015-analogy-data.tar.gz"
FOLDER, LIST = "data/cars", "list.txt"
UNPACKED = (FOLDER, "cars", f"nips2015-analogy-data/{FOLDER}", ".")


@dataclass(frozen=True)
class CarFiles:
    """Where the cars are.

    Args:
        place: the archive, or the folder of unpacked files.
        cars: names of their files without ending, in the order of the list.
        listed: whether there is a list.
    """

    place: Path
    cars: tuple[str, ...]
    listed: bool

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Each car and its MATLAB file, in any order."""
        if not self.place.is_file():
            for car in tracked(self.cars, "reading cars"):
                file = self.place / f"{car}.mat"
                size = file.stat().st_size
                require(size <= MOST_MEMBER, f"a car must be at most {MOST_MEMBER:,} bytes", f"{size:,} of {file}")
                yield car, file.read_bytes()
            return
        with tar_members(self.place) as (archive, members):
            names = {f"{FOLDER}/{car}.mat": car for car in self.cars}
            for name in tracked(sorted(names, key=lambda name: members[name].offset), "reading cars"):  # forwards once
                yield names[name], member_bytes(archive, members[name], self.place)


def car_place(path: str | None) -> Path:
    """The archive, or the folder of unpacked files; the archive of the dataset's own folder when None.

    Raises:
        UsageError: neither is there.
    """
    folder = None if path is None else expanded(path)
    if folder is not None and os.path.isdir(folder) and not os.path.isfile(folder / FILE):
        for inner in UNPACKED:
            if _unpacked(folder / inner):
                return folder / inner
    return located("cars3d", FILE, path)


def print_of(place: Path) -> str:
    """Letters that change with the files."""
    if place.is_file():
        return fingerprint(place)
    lists = [place / LIST] if (place / LIST).is_file() else []
    return fingerprint(*lists, *(place / f"{car}.mat" for car in _unpacked(place)))


def cars_in(place: Path) -> CarFiles:
    """The cars in an archive or a folder, in the order of the list.

    Raises:
        UsageError: a damaged archive, a list that does not fit the files.
    """
    if place.is_dir():
        file = place / LIST
        text = file.read_text(encoding="utf-8", errors="replace") if os.path.isfile(file) else None
        return _ordered(place, _unpacked(place), text)
    with tar_members(place) as (archive, members):
        inside = [name for name in members if name.startswith(f"{FOLDER}/") and name.endswith(".mat")]
        cars = sorted(name[len(FOLDER) + 1 : -4] for name in inside if not left_by_others(name))
        name = f"{FOLDER}/{LIST}"
        content = member_bytes(archive, members[name], place) if name in members else None
    return _ordered(place, cars, None if content is None else content.decode("utf-8", "replace"))


def _unpacked(folder: Path) -> list[str]:
    """Names of the cars in a folder, sorted."""
    return sorted(file.stem for file in folder.glob("*.mat") if not left_by_others(file.name))


def _ordered(place: Path, cars: Sequence[str], text: str | None) -> CarFiles:
    """In the order of the list, or of their names without one."""
    require(cars or text is not None, f"{place} must hold {FOLDER}/{LIST} and cars beside it", "neither")
    if text is None:
        return CarFiles(place, tuple(cars), False)
    listed = text.split()
    unique = listed and len(set(listed)) == len(listed)
    require(unique, f"{LIST} in {place} must name each car once", f"{len(listed)} lines")
    missing = sorted(set(listed) - set(cars))
    came = f"no {FOLDER}/{missing[0] if missing else ''}.mat"
    require(not missing, f"{place} must hold every car of its {LIST}", came)
    return CarFiles(place, tuple(listed), True)
