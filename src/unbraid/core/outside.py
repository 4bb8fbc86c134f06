"""Entries from elsewhere, written `package.module:Thing`: how they are loaded, and where settings name them."""

from __future__ import annotations

import importlib
import inspect
import operator
import re
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from unbraid.core.checks import UsageError, did_you_mean, failure, require, sentence
from unbraid.core.extras import naming_extras

OUTSIDE = "package.module:Thing"  # how somebody else's entry is written
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_WRITTEN = re.compile(f"{_NAME}:{_NAME}")


_FOLDERS: list[str] = []  # see find_code_in


def find_code_in(folder: str) -> None:
    """Look for code in this folder too, after everything installed, from when a person first names some.

    Not before: what a library tries to import would be found there too, in a folder that came from anybody.
    """
    _FOLDERS.append(folder)


def is_outside(name: str) -> bool:
    """Whether the name of an entry leads to somebody else's code."""
    return ":" in name


def outside_names(settings: Any) -> list[str]:
    """Every `package.module:Thing` that settings name, however deep inside lists and mappings; nothing is imported.

    >>> outside_names({"data": "toy", "model": {"name": "mlp", "likelihood": {"name": "mine:Huber", "width": 2}}})
    ['mine:Huber']
    """
    names: dict[str, None] = {}
    walked: set[int] = set()  # an alias in YAML may stand for what it is part of
    left = [settings]
    while left:
        inner = left.pop()
        if isinstance(inner, str):
            if _WRITTEN.fullmatch(inner):
                names[inner] = None
        elif isinstance(inner, (Mapping, list, tuple)) and id(inner) not in walked:
            walked.add(id(inner))
            left += reversed(list(inner.values() if isinstance(inner, Mapping) else inner))
    return list(names)


def require_trusted(settings: Any, where: str, trust: bool) -> None:
    """Refuse settings from elsewhere that name code, unless it is trusted; nothing is imported here.

    Raises:
        UsageError: they name some; the message says which.
    """
    named = outside_names(settings)
    require(
        trust or not named,
        "code that a run names is imported only where it is trusted",
        f"{', '.join(named)} in {where}",
        "read that code, then give trust=True (on the command line --trust)",
    )


def load_outside(name: str) -> Callable[..., Any]:
    """Import `package.module:Thing`.

    Raises:
        UsageError: written otherwise, not to be found, a module that fails, or a Thing that cannot be called.
    """
    require(_WRITTEN.fullmatch(name), f"an entry from elsewhere is written {OUTSIDE}", f"'{name}'", _hint(name))
    path, _, attribute = name.partition(":")
    module = _module(path, name)
    try:
        entry: Callable[..., Any] = operator.attrgetter(attribute)(module)
    except AttributeError as error:
        place = getattr(module, "__file__", None) or "no file"
        hint = did_you_mean(attribute, (public for public in vars(module) if not public.startswith("_")))
        raise UsageError(
            f"'{name}': the module '{path}' ({place}) must define '{attribute}'; it does not. {hint}".rstrip()
        ) from error
    require(callable(entry), f"'{name}' must be a class or a function", f"something of type {type(entry).__name__}")
    abstract = isinstance(entry, type) and inspect.isabstract(entry)
    require(not abstract, f"'{name}' must be a finished class", "an abstract one", "name a class that completes it")
    try:
        inspect.signature(entry)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"'{name}' must have a signature, which says what it is given; it has none. Wrap it in a function."
        ) from error
    return entry


def _module(path: str, name: str) -> ModuleType:
    """The module; whatever it raises becomes one sentence."""
    sys.path += [folder for folder in dict.fromkeys(_FOLDERS) if folder not in sys.path]
    try:
        with naming_extras(f"'{name}'"):
            return importlib.import_module(path)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        if not f"{path}.".startswith(f"{error.name}."):
            raise UsageError(_failed(name, path, error)) from error
        raise UsageError(
            f"'{name}' must name an importable module; {error}. Run from the folder that holds it, "
            "put it on PYTHONPATH, or install it."
        ) from error
    except (Exception, SystemExit) as error:
        raise UsageError(_failed(name, path, error)) from error


def _failed(name: str, path: str, error: BaseException) -> str:
    came = f"an error from '{path}': {failure(error)}"
    return sentence(f"'{name}' must name an importable module", came, "repair it")


def _hint(name: str) -> str:
    """How a path of a file would be written, or else how such entries look."""
    path, _, attribute = name.rpartition(":")
    module = re.sub(r"[/\\]+", ".", path.removesuffix(".py")).strip(".")
    likely = f"{module}:{attribute}"
    return (
        f"write {likely}"
        if _WRITTEN.fullmatch(likely)
        else "give a module by its dotted name, a colon, and what it defines"
    )
