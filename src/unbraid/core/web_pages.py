"""What is no data under the name of a file of data: nothing at all, or a web page that a server gave in its place."""

from __future__ import annotations

import codecs
from pathlib import Path

from unbraid.core.checks import UsageError, require

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # of byte order
HEADS = (b"<!doctype html", b"<html", b"<head", b"<!doctype xhtml")
NOTHING = (b"", *MARKS)
GLANCE = 512  # bytes


def is_web_page(head: bytes) -> bool:
    """Whether a file that begins with these bytes is HTML.

    >>> is_web_page(b"  <!DOCTYPE html><title>Sign in</title>"), is_web_page(b"z0,z1")
    (True, False)
    """
    return head.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(HEADS)


def require_data(file: Path) -> None:
    """Raise `UsageError` for an empty file, or a page of HTML, that stands under the name of a file of data."""
    try:
        with file.open("rb") as stream:
            head = stream.read(GLANCE)
    except OSError as error:
        raise UsageError(f"{file} must be readable; got '{error}'; check what it is and who may read it.") from error
    do = "copy or fetch it again, whole"
    require(head not in NOTHING, f"{file} must be a file of data", "an empty file", do)
    page = is_web_page(head)
    do = "the download asked for a login or a confirmation: open the address in a browser, and fetch the file again"
    require(not page, f"{file} must be a file of data", "a saved web page (HTML)", do)
