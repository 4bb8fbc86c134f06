"""Entries: a file's name is the entry's name, the first name in its `__all__` is the entry.

Nothing is registered. `load_entry("objectives", "beta_vae")` imports `unbraid.objectives.beta_vae`;
`load_entry("objectives", "mypackage.mymodule:MyThing")` imports somebody else's.
"""

from __future__ import annotations

import functools
import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unbraid.core.checks import require, require_known
from unbraid.core.extras import naming_extras
from unbraid.core.outside import OUTSIDE, is_outside, load_outside

PACKAGE = Path(__file__).resolve().parent.parent
KINDS = {  # kind -> folder of its entries, from the package on
    "data": "data",
    "models": "models",
    "objectives": "objectives",
    "metrics": "metrics",
    "stress": "stress",
    "figures": "figures",
    "likelihoods": "models/likelihoods",
    "links": "models/links",
    "optimizers": "training/optimizers",
    "rates": "training/rates",
    "claims": "studies/claims",
}
_FIRST = re.compile(r'^__all__ = \[\s*"(\w+)"', re.MULTILINE)


def names(kind: str) -> list[str]:
    """Names of all entries of a kind, in alphabetical order, found by their files."""
    require_known(kind, KINDS, "kind of entry")
    return list(_names(kind))


@functools.cache
def _names(kind: str) -> tuple[str, ...]:
    files = (PACKAGE / KINDS[kind]).glob("*.py")
    return tuple(sorted(file.stem for file in files if not file.stem.startswith("_")))


@functools.cache
def entry_files(folder: str) -> dict[str, str]:
    """Entry (the first name of `__all__`) -> its file's name, for a folder of entries such as "models/links"."""
    files = sorted((PACKAGE / folder).glob("[!_]*.py"))
    return {first_public(file.read_text(encoding="utf-8")): file.stem for file in files}


def load_entry(kind: str, name: str) -> Callable[..., Any]:
    """The entry itself: a class or function, from our files or from `package.module:Thing`.

    Raises:
        UsageError: no such entry (with the nearest name), or an outside one that cannot be imported.
    """
    require(isinstance(name, str), "the name of an entry must be text", f"{name!r:.100}", f"see `unbraid list {kind}`")
    if is_outside(name):
        return load_outside(name)
    require_known(name, [*names(kind), OUTSIDE], re.sub("(?<!s)s$", "", kind))
    with naming_extras(f"'{name}'"):
        module = importlib.import_module(f"unbraid.{KINDS[kind].replace('/', '.')}.{name}")
    entry: Callable[..., Any] = getattr(module, module.__all__[0])
    return entry


def name_of(thing: Callable[..., Any]) -> str:
    """The name that leads to a class or function: an entry's, or `package.module:Thing`; "" where none does.

    None leads to what `__main__` (a script, a notebook) or another function defines.
    """
    module, path = getattr(thing, "__module__", None) or "", getattr(thing, "__qualname__", "")
    if module in ("", "__main__"):
        return ""
    here: Any = sys.modules.get(module)
    for part in path.split("."):
        here = getattr(here, part, None)
    if here is not thing:
        return ""
    folder, _, file = module.removeprefix("unbraid.").replace(".", "/").rpartition("/")
    entry = module.startswith("unbraid.") and folder in KINDS.values() and entry_files(folder).get(path) == file
    return file if entry else f"{module}:{path}"


def first_public(text: str) -> str:
    """First name in a module's `__all__`."""
    first = _FIRST.search(text)
    return first[1] if first else ""
