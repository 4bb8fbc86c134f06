"""Archives are read in place, never unpacked; one that tries to leave its folder is refused all the same.

What a file says of its own size is compared with the bytes that it has before anything is allocated.
"""

from __future__ import annotations

import gzip
import lzma
import math
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from unbraid.core import UsageError, require
from unbraid.core.npz import MOST_RATIO, require_plain

DAMAGE = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)
MOST_MEMBER = 2**28  # bytes of one picture or table in an archive; a car of Cars3D has 5 MB


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
        for member in archive.infolist():
            require_inside(member.filename, file)
            require_plain(member, file)
        yield archive, [name for name in archive.namelist() if not name.endswith("/")]


def member_bytes(
    archive: tarfile.TarFile | zipfile.ZipFile, member: tarfile.TarInfo | zipfile.ZipInfo, file: Path
) -> bytes:
    """The content of one member, its size checked first.

    Raises:
        UsageError: it says that it is larger than any picture or table.
    """
    name, size = (
        (member.filename, member.file_size) if isinstance(member, zipfile.ZipInfo) else (member.name, member.size)
    )
    require(size <= MOST_MEMBER, f"members of {file} must be at most {MOST_MEMBER:,} bytes", f"{size:,} of '{name}'")
    if isinstance(archive, zipfile.ZipFile):
        return archive.read(name)
    assert isinstance(member, tarfile.TarInfo)
    stream = archive.extractfile(member)
    assert stream is not None
    return stream.read()


def left_by_others(name: str) -> bool:
    """Whether a member is none of the data: what a Mac adds to an archive, and hidden files.

    >>> left_by_others("__MACOSX/cars/._a.mat"), left_by_others("./cars/a.mat")
    (True, False)
    """
    parts = name.replace("\\", "/").split("/")
    return any(part == "__MACOSX" or (part.startswith(".") and part != ".") for part in parts)


def require_possible(sizes: Sequence[int], item: int, file: Path) -> None:
    """Raise `UsageError` where the sizes in a header are none, or need more bytes than the compressed file can hold."""
    size, most = math.prod(sizes) * item, MOST_RATIO * file.stat().st_size
    came = f"a header of sizes {list(sizes)}"
    require(min(sizes, default=1) >= 1 and size <= most, f"{file} must be whole", came, "fetch it again")


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
