"""Packages that import what they give when it is asked for, so that a part that needs no torch loads without it.

A package's `__init__` imports its names under `if TYPE_CHECKING:`, where type checkers look, and then says
`sys.modules[__name__].__class__ = LazyPackage`.
"""

from __future__ import annotations

import ast
import functools
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

from unbraid.core.extras import naming_extras


class LazyPackage(ModuleType):
    """A package whose names are imported from where its `if TYPE_CHECKING:` says, each when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        value = imported_when_asked(self, name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *homes(self)})


def imported_when_asked(package: ModuleType, name: str) -> Any:
    """What a package's `if TYPE_CHECKING:` imports as `name`, imported now.

    Raises:
        AttributeError: nothing there has this name.
    """
    home = homes(package).get(name)
    if home is None:
        raise AttributeError(f"module '{package.__name__}' has no attribute '{name}'")
    with naming_extras():
        return getattr(importlib.import_module(home[0]), home[1])


def homes(package: ModuleType) -> dict[str, tuple[str, str]]:
    """Name -> the module it comes from and its name there, as the imports for type checkers in a package say."""
    return _homes(str(package.__file__))


@functools.cache
def _homes(file: str) -> dict[str, tuple[str, str]]:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    blocks = [node.body for node in tree.body if isinstance(node, ast.If) and _is_for_checkers(node.test)]
    imports = [node for block in blocks for node in block if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in imports for alias in node.names}


def _is_for_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
