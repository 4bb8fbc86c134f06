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
        home = _homes(str(self.__file__)).get(name)
        if home is None:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        with naming_extras():
            value = getattr(importlib.import_module(home), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_homes(str(self.__file__))})


@functools.cache
def _homes(file: str) -> dict[str, str]:
    """Name -> the module it comes from, as the imports for type checkers in a package's `__init__` say."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    blocks = [node.body for node in tree.body if isinstance(node, ast.If) and _is_for_checkers(node.test)]
    imports = [node for block in blocks for node in block if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def _is_for_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
