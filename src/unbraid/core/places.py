"""Text that files and disks can hold, and places on a disk: what none of them takes is refused before it is tried."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path, PurePath
from typing import Any

from unbraid.core.checks import UsageError, require, sentence

LONGEST_NAME = 255  # bytes: of Linux, macOS and Windows alike
LONGEST_PATH = 4000  # bytes: Linux takes 4,095 for the whole of it, of which the folder given in is a part


def is_text(value: str) -> bool:
    r"""Whether text can be written: without NUL, and without half characters, as names that are no UTF-8 are read.

    >>> is_text("β"), is_text("a\0b"), is_text("\udcff")
    (True, False, False)
    """
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def unmet_place(path: object) -> str:
    """What a path must be to name a place on any disk, in words; empty where it is.

    >>> unmet_place("runs/mine"), unmet_place("x" * 300)
    ('', 'a path whose names have at most 255 bytes each')
    """
    if not isinstance(path, (str, PurePath)):
        return "a path"
    text = str(path)
    if not is_text(text):
        return "a path of whole characters (UTF-8), without NUL"
    if any(len(name.encode()) > LONGEST_NAME for name in text.split(os.sep)):
        return f"a path whose names have at most {LONGEST_NAME} bytes each"
    return f"a path of at most {LONGEST_PATH:,} bytes" if len(text.encode()) > LONGEST_PATH else ""


def require_place(path: object, what: str) -> None:
    """Raise `UsageError` where a path can name no place on a disk."""
    fault, shown = unmet_place(path), str(path) if isinstance(path, PurePath) else path
    require(not fault, f"{what} must be {fault}", f"{shown!r:.100}", "rename it, or give another")


def expanded(path: PurePath | str) -> Path:
    """The path with `~` and `~name` as home folders.

    Raises:
        UsageError: no place on a disk, or nobody of that name.
    """
    require_place(path, "a place")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(sentence("~ must stand for the home of somebody here", f"'{path}'", "write it out")) from error


def require_plain_file(path: Path) -> None:
    """Raise `UsageError` where something is at a path that a new file would destroy: a device, a pipe, a socket."""
    try:
        mode = path.stat().st_mode
    except OSError:  # nothing is there, or the system says more when it is written
        return
    plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    require(plain, "a file to write must be a plain file", f"{path}, which is none", "name a new file in a folder")


def read_json(text: str | bytes) -> Any:
    r"""What JSON text holds, its text whole: half characters, which it can write as `\ud800`, no file takes again.

    Raises:
        ValueError: no JSON, such text, or lists in lists without end.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value
