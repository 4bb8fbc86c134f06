"""Packages of entries: each entry is a name of its package, imported when it is first asked for.

A package's `__init__` imports its entries under `if TYPE_CHECKING:` and says `sys.modules[__name__].__class__ =
EntryPackage`; then `from unbraid.metrics import mig` gives the function, in any order of imports, and imports no other.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from unbraid.core.lazy_packages import LazyPackage, homes


class EntryPackage(LazyPackage):
    """A package whose entries are its attributes; where an entry has the name of its file, the entry is meant."""

    def __setattr__(self, name: str, value: Any) -> None:
        # after importing a submodule, the import system binds it to its name here
        if isinstance(value, ModuleType) and homes(self).get(name) == (value.__name__, name):
            value = getattr(value, name)
        super().__setattr__(name, value)
