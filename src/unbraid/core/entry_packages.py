"""Packages of entries: each entry is a name of its package, imported when it is first asked for.

A package's `__init__` says `sys.modules[__name__].__class__ = EntryPackage`, and then `from unbraid.metrics import mig`
gives the function, in any order of imports, without importing the other metrics.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from unbraid.core.entries import entry_files


class EntryPackage(ModuleType):
    """A package whose entries are its attributes; where an entry has the name of its file, the entry is meant."""

    def __getattr__(self, name: str) -> Any:
        file = _files(self).get(name)
        if file is None:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        entry = getattr(importlib.import_module(f"{self.__name__}.{file}"), name)
        super().__setattr__(name, entry)
        return entry

    def __setattr__(self, name: str, value: Any) -> None:
        # after importing a submodule, the import system binds it to its name here
        if isinstance(value, ModuleType) and _files(self).get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_files(self)})


def _files(package: ModuleType) -> dict[str, str]:
    """Entry -> its file's name."""
    return entry_files(package.__name__.removeprefix("unbraid.").replace(".", "/"))
