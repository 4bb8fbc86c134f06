"""Archives are read in place, never unpacked; one that tries to leave its folder is refused all the same."""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unbraid.core import UsageError, require

DAMAGE = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)


@contextmanager
def tar_members(file: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, tarfile.TarInfo]]]:
    """An open tar and its plain files by path; a `UsageError` for a damaged archive or an unsafe member."""
    with readable(file), tarfile.open(file) as archive:
        members = archive.getmembers()
        for member in members:
            require_inside(member.name, file)
            require(member.isfile() or member.isdir(), f"{file} must hold plain files only", f"'{member.name}'")
        yield archive, {_plain(member.name): member for member in members if member.isfile()}


@contextmanager
def zip_members(file: Path) -> Iterator[tuple[zipfile.ZipFile, list[str]]]:
    """An open zip and the paths of its files; a `UsageError` for a damaged archive or an unsafe member."""
    with readable(file), zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            require_inside(name, file)
        yield archive, [name for name in archive.namelist() if not name.endswith("/")]


def require_inside(name: str, file: Path) -> None:
    """Raise `UsageError` when a member's path is absolute or climbs out of the folder."""
    parts = name.replace("\\", "/").split("/")  # plain text: an archive may have 200,000 members
    if parts[0] == "" or ":" in parts[0] or ".." in parts:
        raise UsageError(
            f"every member of {file} must stay inside its folder; got {name!r}; "
            "do not use this archive, fetch the published one."
        )


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """Turn what damaged archives and truncated gzip files raise into a `UsageError` that names the file."""
    try:
        yield
    except DAMAGE as error:
        raise UsageError(f"{file} must be a whole archive; reading it failed: {error}. Fetch it again.") from error


def _plain(name: str) -> str:
    """A member's path without a leading './'."""
    return name.removeprefix("./")
