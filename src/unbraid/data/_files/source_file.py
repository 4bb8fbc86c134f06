"""One file of a dataset: its name, addresses, size and checksum."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFile:
    """One file of a dataset.

    Args:
        name: what it is called in the dataset's folder.
        urls: addresses to try in turn; empty where it must be fetched by hand.
        checksum: `md5:…`, `sha256:…` or `git:…` (git's blob hash) of the whole file; empty where none is published.
        size: bytes, or None where unknown.
        variant: the part of the dataset it belongs to; empty when the dataset has one part.
        note: what a person should know who fetches it by hand.
        optional: True when the dataset opens without it.
    """

    name: str
    urls: tuple[str, ...] = ()
    checksum: str = ""
    size: int | None = None
    variant: str = ""
    note: str = ""
    optional: bool = False
