"""What the source of an entry says of it: nothing is imported, so that listings and completion are quick."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from unbraid.core.checks import require_known
from unbraid.core.entries import KINDS, PACKAGE, first_public, names


def summary(kind: str, name: str) -> str:
    """First line of an entry's docstring."""
    tree, thing = _entry(kind, name)
    return (ast.get_docstring(thing or tree) or "").partition("\n")[0]


def entry_options(kind: str, name: str) -> dict[str, str]:
    """Options of an entry, each with its default as the source writes it, empty where it has none.

    >>> entry_options("optimizers", "sgd")["momentum"]
    '0.0'
    """
    thing = _entry(kind, name)[1]
    return {} if thing is None else _keywords(thing)


def function_options(file: str, name: str) -> dict[str, str]:
    """The same of a function in a file of the package.

    >>> function_options("data/_views/view.py", "view")["resolution"]
    'None'
    """
    thing = _named(_tree(PACKAGE / file), name)
    return {} if thing is None else _keywords(thing)


@functools.cache
def _entry(kind: str, name: str) -> tuple[ast.Module, ast.FunctionDef | ast.ClassDef | None]:
    """The source of an entry, and its class or function where that is written out there."""
    require_known(name, names(kind), f"entry of {kind}")
    file = PACKAGE / KINDS[kind] / f"{name}.py"
    tree = _tree(file)
    return tree, _named(tree, first_public(file.read_text(encoding="utf-8")))


@functools.cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _named(tree: ast.Module | ast.ClassDef, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    things = (node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    return next((node for node in things if node.name == name), None)


def _keywords(thing: ast.FunctionDef | ast.ClassDef) -> dict[str, str]:
    """Keyword-only parameters of a function, or of how an instance is made."""
    made = _named(thing, "__init__") if isinstance(thing, ast.ClassDef) else thing
    if not isinstance(made, ast.FunctionDef):
        return {}
    pairs = zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True)
    return {argument.arg: "" if default is None else ast.unparse(default) for argument, default in pairs}
