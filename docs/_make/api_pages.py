"""The API reference: a page per package with its public names, written out by mkdocstrings."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

from docstrings import rewritten

import unbraid
from unbraid.core import KINDS
from unbraid.core.lazy_packages import homes

PACKAGES = (
    *("core", "data", "models", "objectives", "training", "metrics", "stress", "evaluation", "figures"),
    *("studies", "report", "explore", "store"),
)
FOLDERS = {folder.replace("/", "."): kind for kind, folder in KINDS.items()}  # models.links -> links


def front_page() -> str:
    """The names of `unbraid` itself, each linked to the package that holds it."""
    lines = ["# `unbraid`", "", "The names that most work needs, importable from `unbraid` itself.", ""]
    for name in sorted(unbraid.__all__, key=str.lower):
        if name in homes(unbraid):
            home = ".".join(homes(unbraid)[name])
            doc = (inspect.getdoc(getattr(unbraid, name)) or "").partition("\n")[0]
            lines.append(f"- [`{name}`][{home}]: {doc}")
    return "\n".join(lines) + "\n"


def package_page(package: str) -> str:
    """The public names of a package besides its entries, which have pages of their own."""
    module = importlib.import_module(f"unbraid.{package}")
    own = [name for name in module.__all__ if not is_entry(module, name)]
    head = [f"# `unbraid.{package}`", rewritten(inspect.getdoc(module) or "")]
    kinds = [kind for folder, kind in FOLDERS.items() if folder.split(".")[0] == package]
    if kinds:
        head.append("Entries: " + ", ".join(f"[{kind}](../entries/{kind}.md)" for kind in kinds) + ".")
    return "\n\n".join([*head, *(f"::: unbraid.{package}.{name}" for name in sorted(own, key=str.lower))]) + "\n"


def is_entry(package: ModuleType, name: str) -> bool:
    """Whether a public name of a package is one of its entries, which lie in files without an underscore."""
    home, _, file = getattr(getattr(package, name), "__module__", "").removeprefix("unbraid.").rpartition(".")
    return home in FOLDERS and not file.startswith("_")
