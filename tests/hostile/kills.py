"""Kills before a chosen operation on files, within this process: what was begun stays as a kill would leave it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

OPERATIONS = ((Path, "replace"), (Path, "unlink"), (os, "fsync"))


class Killed(BaseException):
    """Nothing in the library may catch it."""


@contextmanager
def killed_before(operation: int) -> Iterator[list[int]]:
    """Run a block up to its operation of that number; after it, none happens, as in a process that is gone.

    Yields:
        a list whose one number counts the operations.
    """
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        for holder, name in OPERATIONS:
            patch.setattr(holder, name, _counted(getattr(holder, name), count, operation))
        with suppress(Killed):
            yield count


def _counted(real: Callable[..., Any], count: list[int], operation: int) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        if count[0] > operation:
            raise Killed
        return real(*args, **kwargs)

    return call


def operations_of(work: Callable[[], object]) -> int:
    """How many operations on files some work does."""
    with killed_before(10**9) as count:
        work()
    return count[0]
