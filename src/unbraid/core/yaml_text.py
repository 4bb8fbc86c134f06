"""YAML as people write it: read safely, and where it would be read as something else than is meant, refused."""

from __future__ import annotations

import re
from typing import Any

import yaml

from unbraid.core.checks import UsageError, require, sentence
from unbraid.core.places import is_text

MOST_TEXT = 10_000_000  # characters of a file
MOST_NESTED = 100  # lists and mappings inside each other
MOST_NODES = 1_000_000  # values, what an alias stands for counted each time


class _Loader(yaml.SafeLoader):
    """Safe, without numbers to base 60, and with every key once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        doubled = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
        came = f"'{doubled}' twice, again in line {node.start_mark.line + 1} or below"
        require(doubled is None, "a mapping must hold each key once", came, "leave one of them out")
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: Any) -> Any:
        """Text as it is written, refused where it holds what no file could: NUL, or half characters."""
        value = super().construct_scalar(node)
        do = "write the character itself"
        require(is_text(value), "text must be of whole characters, without NUL", f"{value!r:.100}", do)
        return value

    def construct_number(self, node: Any) -> Any:
        """An int or float, refused where YAML would take it for a number to base 60."""
        text = self.construct_scalar(node)
        if ":" in text:
            do = f"write '{text}' in quotes for text, or the number itself"
            raise UsageError(sentence("YAML reads colons between digits as a number to base 60", text, do))
        whole = node.tag.endswith(":int")
        return self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_number)


class _TypedLoader(_Loader):
    """The same, with `1e-4` a number as everywhere but in YAML 1.1."""


_TypedLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def read_yaml(text: str, what: str, do: str = "", *, typed: bool = False) -> Any:
    """The value that a text of YAML holds; `what` names it in messages and `do` says what helps.

    With `typed`, as of a value on the command line, `1e-4` is a number; in files, where YAML reads it as text, whoever
    takes the value refuses it.

    Raises:
        UsageError: no YAML, a key twice, too long, nested too deep, or unfolding to too much.

    >>> read_yaml("{lr: 1.0e-3, sizes: [1, 2]}", "a setting")
    {'lr': 0.001, 'sizes': [1, 2]}
    >>> read_yaml("{lr: 1e-3}", "a setting"), read_yaml("{lr: 1e-3}", "a setting", typed=True)
    ({'lr': '1e-3'}, {'lr': 0.001})
    """
    require(len(text) <= MOST_TEXT, f"{what} must be at most {MOST_TEXT:,} characters", f"{len(text):,}", do)
    try:
        _require_shallow(text, what, do)
        loader = (_TypedLoader if typed else _Loader)(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _require_few(node, what, do)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except UsageError:
        raise
    except Exception as error:  # beside YAML's own: dates and numbers that are none
        came = re.sub(r"\s+", " ", str(error))[:300]
        raise UsageError(sentence(f"{what} must be YAML", came, do)) from error


def _require_shallow(text: str, what: str, do: str) -> None:
    """Refuse deep nesting while it is read event by event: building it would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        require(depth <= MOST_NESTED, f"{what} must be nested at most {MOST_NESTED} deep", "more brackets", do)


def _require_few(root: yaml.Node, what: str, do: str) -> None:
    """Refuse aliases that stand for themselves, or that unfold to more than anybody writes."""
    sizes: dict[int, int | None] = {}  # None while a node's own parts are counted

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node), 0)
        require(
            known is not None, f"{what} must not contain itself", f"an alias of line {node.start_mark.line + 1}", do
        )
        if not known:
            sizes[id(node)] = None
            parts = node.value if isinstance(node, yaml.CollectionNode) else []
            inner = [part for pair in parts for part in pair] if isinstance(node, yaml.MappingNode) else parts
            known = sizes[id(node)] = 1 + sum(map(size, inner))
        return known or 0

    count = size(root)
    require(count <= MOST_NODES, f"{what} must hold at most {MOST_NODES:,} values", f"{count:.3g} by its aliases", do)
