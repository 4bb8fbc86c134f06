"""Every entry has an example that stands alone: pytest runs it as a doctest, a reader can paste it after the import."""

import ast
import builtins
import doctest

import pytest

from unbraid.core import KINDS, describe, load_entry, names

ENTRIES = [(kind, name) for kind in KINDS for name in names(kind)]


def undefined(source: str) -> set[str]:
    """Names that Python code uses and does not define."""
    used: set[str] = set()
    defined: set[str] = set(dir(builtins))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
        elif isinstance(node, ast.FunctionDef):
            defined.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            defined.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    return used - defined


@pytest.mark.parametrize(("kind", "name"), ENTRIES, ids=lambda value: value)
def test_each_entry_has_an_example_that_says_something_and_stands_alone(kind: str, name: str) -> None:
    entry = load_entry(kind, name)
    examples = doctest.DocTestParser().get_examples(describe(kind, name).sections.get("Example", ""))
    assert any(example.want or example.exc_msg for example in examples), "give an example with what comes out"
    assert not any(option == doctest.SKIP for example in examples for option in example.options), "let it run"
    source = "".join(example.source for example in examples)
    assert entry.__name__ in source, "the example is of this entry"
    assert undefined(source) <= {entry.__name__}, "import what the example uses"
