"""What is left of work that was refused before it began: nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from unbraid.core import UsageError
from unbraid.store._lock import LOCK
from unbraid.store._run_directory import CONFIG, STATUS


@contextmanager
def left_as_it_was(path: Path) -> Iterator[None]:
    """Where work is refused with a UsageError before it has a status, take away the folder that was made for it."""
    missing = [folder for folder in (path, *path.parents) if not os.path.exists(folder)]  # a name too long is none
    try:
        yield
    except UsageError:
        if missing and not os.path.exists(path / STATUS):
            with suppress(OSError):  # it could not be made, or something else came there meanwhile
                for name in (CONFIG, LOCK):
                    (path / name).unlink(missing_ok=True)
                for folder in missing:
                    folder.rmdir()
        raise
