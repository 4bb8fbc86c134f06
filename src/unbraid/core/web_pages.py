"""Web pages saved in place of data: what a browser or a server gives where a file was asked for."""

from __future__ import annotations

from pathlib import Path

from unbraid.core.checks import require

HEADS = (b"<!doctype html", b"<html", b"<head", b"<!doctype xhtml")
GLANCE = 512  # bytes


def is_web_page(head: bytes) -> bool:
    """Whether a file that begins with these bytes is HTML.

    >>> is_web_page(b"  <!DOCTYPE html><title>Sign in</title>"), is_web_page(b"z0,z1")
    (True, False)
    """
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(HEADS)


def require_no_web_page(file: Path) -> None:
    """Raise `UsageError` for a page of HTML that stands under the name of a file of data."""
    with file.open("rb") as stream:
        page = is_web_page(stream.read(GLANCE))
    do = "the download asked for a login or a confirmation: open the address in a browser, and fetch the file again"
    require(not page, f"{file} must be a file of data", "a saved web page (HTML)", do)
