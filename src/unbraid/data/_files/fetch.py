"""Downloads: resumed where they stopped, from one mirror after another, checked before anyone parses them."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from unbraid.core import Progress, UsageError, progress_bar, require
from unbraid.core.checked import checked
from unbraid.data._files.locations import PAGE, dataset_folder, described, fault
from unbraid.data._files.packages import packaged
from unbraid.data._files.sources import SourceFile, files_of

CHUNK = 1 << 18  # bytes per read
ATTEMPTS = 3  # per mirror; each goes on where the last one stopped
PATIENCE = 30.0  # seconds without a byte
SPACE_TO_SPARE = 1 << 20


class _InterruptedDownloadError(OSError):
    """The connection closed before the announced end."""


class _PageInsteadError(Exception):
    """The address answered with a page of HTML: a login, a consent, an error in words."""


NETWORK_ERRORS = (
    urllib.error.URLError,
    http.client.HTTPException,
    ssl.SSLError,
    ConnectionError,
    TimeoutError,
    _InterruptedDownloadError,
)  # any other OSError comes from the disk


@checked
def fetch(dataset: str, *, variant: str | None = None, folder: Path | None = None) -> list[Path]:
    """Download the files of a dataset that are not here yet, and check them.

    A file that is here and whole is left alone, also one of an installed package; a wrong one is replaced. What was
    received stays in `NAME.part`, so that the next call goes on from there.

    Args:
        dataset: its name.
        variant: the part wanted, for datasets that come in variants.
        folder: where to put the files; None is the dataset's own folder, where `load_dataset` looks for them.

    Returns:
        the files, in the order of the table of sources.

    Raises:
        UsageError: unknown dataset or variant, no mirror gave the right file, a full disk, a folder that cannot be
            written; the message says where to put the file by hand.
    """
    anywhere, folder = folder is None, dataset_folder(dataset) if folder is None else folder
    done = []
    for source in files_of(dataset, variant):
        kept = packaged(dataset, source.name) if anywhere and not (folder / source.name).is_file() else None
        if kept is not None and not fault(*kept):
            done.append(kept[0])
        elif source.urls:
            done.append(fetched(source, folder))
        elif (folder / source.name).is_file() or not source.optional:
            done.append(_by_hand(source, folder))
    return done


def fetched(source: SourceFile, folder: Path) -> Path:
    """One file, whole, in `folder`: kept if it is there, else downloaded from the first mirror that gives it.

    Processes that ask for the same file at once take turns, and all but the first find it there.
    """
    from filelock import FileLock

    target = folder / source.name
    if target.is_file() and not fault(target, source):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{source.name}.lock"):
            if target.is_file() and not fault(target, source):
                return target
            reasons = []
            for url in source.urls:
                reason = _from_mirror(url, source, target)
                if not reason:
                    return target
                reasons.append(f"{url}: {reason}")
    except OSError as error:
        raise UsageError(
            f"{folder} must be a folder that can be written, with room for {source.name} ({described(source)}); "
            f"got '{error}'. Free some space and run it again (it goes on where it stopped), or set UNBRAID_DATA."
        ) from error
    tried = "; ".join(reasons)
    raise UsageError(
        f"{source.name} could not be fetched from any mirror; {tried}. "
        f"Try again later (it goes on where it stopped), or put the file by hand at {target} ({described(source)})."
    )


def _by_hand(source: SourceFile, folder: Path) -> Path:
    """A file that has no address: it must be there, and whole."""
    target = folder / source.name
    require(
        target.is_file(),
        f"{source.name} has no plain download",
        "no such file here",
        f"put it by hand at {target} ({described(source)})",
    )
    wrong = fault(target, source)
    require(not wrong, f"{target} must be the published file", wrong, "fetch it again by hand")
    return target


def _from_mirror(url: str, source: SourceFile, target: Path) -> str:
    """Try one address a few times; an empty string when `target` is there and right, else why not."""
    part = target.with_name(target.name + ".part")
    reason = ""
    with progress_bar(source.name, unit="bytes") as progress:
        for _ in range(ATTEMPTS):
            resumed = part.exists() and part.stat().st_size > 0
            try:
                _continue(url, source, part, progress)
            except urllib.error.HTTPError as error:
                return f"HTTP {error.code} {error.reason}"
            except _PageInsteadError:
                return PAGE
            except NETWORK_ERRORS as error:
                reason = str(getattr(error, "reason", "") or error)
                continue
            reason = fault(part, source)
            if not reason:
                os.replace(part, target)
                return ""
            part.unlink()  # never kept: a wrong beginning would spoil every later attempt
            if not resumed:
                return reason
    return reason


def _continue(url: str, source: SourceFile, part: Path, progress: Progress) -> None:
    """Append to `part` what is missing, or start again where the server cannot resume."""
    start = part.stat().st_size if part.exists() else 0
    if source.size is not None and start >= source.size:
        return
    request = urllib.request.Request(url, headers={"User-Agent": "unbraid"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        response = urllib.request.urlopen(request, timeout=PATIENCE)  # addresses come from our own table only
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:  # nothing lies beyond what we have: the checksum decides
            return
        raise
    with response:
        if response.headers.get_content_type() == "text/html":  # told before it overwrites what is here already
            raise _PageInsteadError
        if start and response.status != 206:
            start = 0
        elif start and not str(response.headers.get("Content-Range", "")).startswith(f"bytes {start}-"):
            part.unlink()  # what follows does not belong behind it
            raise _InterruptedDownloadError("it sent another part of the file than was asked for")
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else source.size or 0
        _require_room(part.parent, total - start)
        with part.open("ab" if start else "wb") as file:
            done = start
            while block := response.read(CHUNK):
                file.write(block)
                done += len(block)
                progress(source.name, done, total)
                if source.size is not None and done > source.size:
                    break  # its size is wrong whatever follows, and that may never end
    if total and done < total:
        raise _InterruptedDownloadError(f"it stopped after {done:,} of {total:,} bytes")


def _require_room(folder: Path, size: int) -> None:
    """Refuse before the first byte when the disk cannot hold the rest."""
    if size + SPACE_TO_SPARE > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
