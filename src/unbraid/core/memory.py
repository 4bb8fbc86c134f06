"""Sizes before allocation: what cannot fit into this machine is refused in words, before anything is asked for."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from unbraid.core.checks import require

UNKNOWN = 64 * 2**30  # bytes taken for granted where the system does not say
CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@functools.cache
def memory_bytes() -> int:
    """Memory of this machine, or of the container that this process is in, in bytes."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not on every system
        size = UNKNOWN
    for file in map(Path, CGROUPS):
        try:
            size = min(size, int(file.read_text()))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return size


def require_memory(size: int | float, what: str, do: str = "") -> None:
    """Raise `UsageError` where `what` needs more bytes than this machine has.

    >>> require_memory(2**20, "a batch")
    """
    most = memory_bytes()
    require(size <= most, f"{what} must fit into memory ({_gigabytes(most)})", f"about {_gigabytes(size)}", do)


def _gigabytes(size: int | float) -> str:
    return f"{size / 1e9:,.0f} GB" if size < 1e18 else f"{size / 1e9:.0e} GB"
