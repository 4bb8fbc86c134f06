"""HDF5 files from anywhere: what they refer to outside themselves is not read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unbraid.core.checks import require


def require_own_numbers(item: Any, file: Path) -> None:
    """Raise `UsageError` where a dataset's numbers are those of another file, which may be any file of this machine."""
    inside = not item.is_virtual and not item.external
    do = "copy the numbers into it, where that file came from"
    require(inside, f"the numbers of {file} must lie in it", f"'{item.name}', which refers to other files", do)
