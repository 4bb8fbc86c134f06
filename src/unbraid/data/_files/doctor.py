"""What is the matter with each dataset: rendered, here, whole, or still to be fetched, and how."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from unbraid.core import load_entry, names, options_of, require_known
from unbraid.core.checked import checked
from unbraid.data._files.locations import dataset_folder, fault
from unbraid.data._files.packages import PACKAGES, packaged
from unbraid.data._files.source_file import SourceFile
from unbraid.data._files.sources import SOURCES

State = Literal["rendered", "yours", "here", "whole", "damaged", "partly here", "missing"]
RENDERED = ("dsprites",)  # listed among the sources, since its originals can be fetched too


@dataclass(frozen=True)
class Health:
    """The state of one dataset, or of one variant of it.

    Args:
        dataset: its name.
        variant: the part meant; empty when there is one.
        state: `rendered` (nothing to fetch), `yours` (opens files you name), `here` (all files, sizes as published),
            `whole` (checksums as well), `damaged`, `partly here`, or `missing`.
        folder: where its files lie or belong; None where it needs none.
        size: bytes of its files, as far as they are known; None where none is.
        what: what is wrong and what to do, also without a network; empty where nothing is to be done.
        origin: the hosts its files come from; empty where none is fetched.
    """

    dataset: str
    variant: str
    state: State
    folder: Path | None = None
    size: int | None = None
    what: str = ""
    origin: str = ""


@checked
def doctor(*, verify: bool = False) -> list[Health]:
    """The state of every dataset, and of each variant that is fetched by itself.

    Args:
        verify: compare checksums as well, which reads every downloaded file.
    """
    rows = []
    for name in names("data"):
        if name not in SOURCES or name in RENDERED:
            rows.append(_without_files(name))
        for variant in dict.fromkeys(file.variant for file in SOURCES.get(name, ())):
            rows.append(_with_files(name, variant, verify))
    return rows


def _without_files(name: str) -> Health:
    """A dataset that is rendered, or opens a person's own files."""
    needed = [key for key, p in options_of(load_entry("data", name)).items() if p.default is inspect.Parameter.empty]
    if not needed:
        return Health(name, "", "rendered")
    return Health(name, "", "yours", what="give " + ", ".join(f"{key}=…" for key in needed))


def _with_files(name: str, variant: str, verify: bool) -> Health:
    """A dataset of downloaded files."""
    files = file_states(name, variant, verify=verify)
    places, sizes = {file.place.parent for file in files}, [file.size for file in files if file.size is not None]
    folder = places.pop() if len(places) == 1 else dataset_folder(name)
    size = sum(sizes) or None
    hosts = dict.fromkeys(urlsplit(url).netloc for file in files for url in file.source.urls)
    package = [f"package {PACKAGES[name].name}"] if name in PACKAGES else []
    origin = ", ".join([*package, *hosts]) or "by hand"
    needed = [file for file in files if not file.source.optional]
    damaged = [file for file in files if file.state == "damaged"]
    absent = [file for file in needed if file.state == "missing"]
    if damaged:
        faults = "; ".join(f"{file.source.name}: {file.fault}" for file in damaged)
        return Health(name, variant, "damaged", folder, size, f"{faults}; {_again(name, damaged)}", origin)
    if absent:
        state: State = "missing" if len(absent) == len(needed) else "partly here"
        return Health(name, variant, state, folder, size, _remedy(name, variant, absent, folder), origin)
    return Health(name, variant, "whole" if verify else "here", folder, size, origin=origin)


def _again(name: str, damaged: list[FileState]) -> str:
    """What to do about damaged files: those of a package are not ours to delete."""
    ours = all(file.place.parent == dataset_folder(name) for file in damaged)
    return "delete and fetch again" if ours else f"install it again: {PACKAGES[name].install}"


def _remedy(name: str, variant: str, absent: list[FileState], folder: Path) -> str:
    """The package and the command, where there is one, and where to put the files by hand."""
    flag = f" --variant {variant}" if variant else ""
    commands = [f"install {PACKAGES[name].name} ({PACKAGES[name].install})"] if name in PACKAGES else []
    commands += [f"unbraid data get {name}{flag}"] if any(file.source.urls for file in absent) else []
    what = ", ".join(file.source.name for file in absent) if len(absent) < 3 else f"its {len(absent)} files"
    by_hand = f"put {what} into {folder}"
    return f"{' or '.join(commands)}; offline: {by_hand}" if commands else by_hand


@dataclass(frozen=True)
class FileState:
    """One file of a downloaded dataset.

    Args:
        source: where it comes from.
        place: where it is, also in an installed package, or belongs.
        state: `missing`, `here` (size as published), `whole` (checksum as well) or `damaged`.
        size: bytes, published or found; None where neither is known.
        fault: what is wrong with a damaged one.
    """

    source: SourceFile
    place: Path
    state: Literal["missing", "here", "whole", "damaged"]
    size: int | None
    fault: str = ""


def file_states(dataset: str, variant: str | None = None, *, verify: bool = False) -> list[FileState]:
    """The state of each file of a downloaded dataset, or of one variant of it; none for other datasets.

    Args:
        dataset: its name.
        variant: the part meant; None means all.
        verify: compare checksums as well.
    """
    require_known(dataset, names("data"), "dataset")
    states = []
    for source in SOURCES.get(dataset, ()):
        if variant is not None and source.variant != variant:
            continue
        place = dataset_folder(dataset) / source.name
        kept = None if place.is_file() else packaged(dataset, source.name)
        place, source = kept or (place, source)
        if not place.is_file():
            states.append(FileState(source, place, "missing", source.size))
            continue
        wrong = fault(place, source, full=verify)
        size = source.size or place.stat().st_size
        good: Literal["whole", "here"] = "whole" if verify and source.checksum else "here"
        states.append(FileState(source, place, "damaged" if wrong else good, size, wrong))
    return states
