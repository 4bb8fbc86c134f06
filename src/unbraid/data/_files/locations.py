"""Files of downloaded datasets on this machine: where they lie, whether they are whole, how to get them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from unbraid.core import UsageError, require
from unbraid.core.places import expanded
from unbraid.core.web_pages import GLANCE, is_web_page, require_data
from unbraid.data._files.cache import cache_folder
from unbraid.data._files.packages import PACKAGES, packaged
from unbraid.data._files.source_file import SourceFile
from unbraid.data._files.sources import file_named

CHUNK = 1 << 22  # bytes read at once while summing
PAGE = "a page of HTML, such as of a login or an error, instead of the file"


def dataset_folder(dataset: str) -> Path:
    """Where `unbraid data get` puts the files of a dataset, and where they may be put by hand."""
    return cache_folder() / dataset


def located(dataset: str, name: str, path: str | None) -> Path:
    """The file `name` of a dataset, in `path` (a folder, or the file itself) or in the dataset's folder.

    Raises:
        UsageError: it is not there; the message says how to get it, also without a network.
    """
    folder = dataset_folder(dataset) if path is None else expanded(path)
    file = folder if os.path.isfile(folder) else folder / name
    if not os.path.isfile(file):
        source = file_named(dataset, name)
        raise UsageError(f"{dataset} needs the file {file}; it is not there. {how_to_get(dataset, source)}")
    require_data(file)
    return file


def whole_file(dataset: str, name: str, path: str | None) -> Path:
    """The file `name` of a dataset: below `path`, where any file of its format will do, or else the published one.

    Without `path` the dataset's folder comes first, then a package that carries the file; both must have the checksum.

    Raises:
        UsageError: it is nowhere, or another file than the published one.
    """
    kept = None if path is not None or (dataset_folder(dataset) / name).is_file() else packaged(dataset, name)
    if kept is None:
        file = located(dataset, name, path)
        if path is None:
            require_whole(file, file_named(dataset, name))
        return file
    file, source = kept
    wrong, package = fault(file, source), PACKAGES[dataset]
    remedy = f"install {package.name} again ({package.install}), or give path= for a file of another version"
    require(not wrong, f"{file} of the package {package.name} must be the known file", wrong, remedy)
    return file


def how_to_get(dataset: str, source: SourceFile) -> str:
    """One or two sentences: the command, or where to take the file and where to put it by hand."""
    place = dataset_folder(dataset) / source.name
    if dataset in PACKAGES:
        package = PACKAGES[dataset]
        get = f", or `unbraid data get {dataset}`" if source.urls else ""
        return (
            f"Install the package {package.name} (`{package.install}`){get}, "
            f"or put it by hand at {place} ({described(source)})."
        )
    variant = f" --variant {source.variant}" if source.variant else ""
    command = f"Run `unbraid data get {dataset}{variant}`, or without a network put" if source.urls else "Put"
    origin = f" from {source.urls[0]}" if source.urls else ""
    return f"{command} it by hand{origin} at {place} ({described(source)})."


def described(source: SourceFile) -> str:
    """Size, checksum and note of a file in words."""
    size = f"{source.size:,} bytes" if source.size is not None else "size unknown"
    return "; ".join(part for part in (size, source.checksum or "no checksum published", source.note) if part)


def require_whole(file: Path, source: SourceFile) -> None:
    """Raise `UsageError` unless the file has the published checksum (files without one pass)."""
    wrong = fault(file, source)
    require(not wrong, f"{file} must be the published file", wrong, "delete it and fetch it again")


def fault(file: Path, source: SourceFile, full: bool = True) -> str:
    """What is wrong with a file, in words; empty when size and, if `full`, checksum are as published."""
    with file.open("rb") as stream:
        if is_web_page(stream.read(GLANCE)):
            return PAGE
    size = file.stat().st_size
    if source.size is not None and size != source.size:
        return f"{size:,} bytes instead of {source.size:,}"
    if full and source.checksum:
        kind, _, published = source.checksum.partition(":")
        came = digest(file, kind)
        if came != published:
            return f"{kind} {came} instead of {published}"
    return ""


def digest(file: Path, kind: str) -> str:
    """Checksum of a whole file in hex digits; `git` is git's blob hash: SHA-1 over a header and the bytes."""
    if kind == "git":
        total = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    else:
        total = hashlib.new(kind, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(CHUNK):
            total.update(block)
    return total.hexdigest()
