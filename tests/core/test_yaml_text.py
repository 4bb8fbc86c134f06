"""YAML from people: what would be read as something else than is meant, or would fill the machine, is refused."""

import time

import pytest

from unbraid.core import UsageError
from unbraid.core.yaml_text import read_yaml

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "a mapping must hold each key once; got 'a' twice, again in line 1 or below; leave one"),
        ("a: {b: 1, b: 2}", "must hold each key once; got 'b' twice"),
        ("a: 1:30", "YAML reads colons between digits as a number to base 60; got 1:30; write '1:30' in quotes"),
        ("a: 1:30.5", "number to base 60; got 1:30.5"),
        (BOMB, r"a file must hold at most 1,000,000 values; got .* by its aliases; shorten it"),
        ("a: &a [*a]", "a file must not contain itself; got an alias of line 1; shorten it"),
        ("[" * 3000, "a file must be nested at most 100 deep; got more brackets; shorten it"),
        ("a: [1", "a file must be YAML; got while parsing"),
        ("a: 2026-13-45", "a file must be YAML; got month must be in 1..12"),
        ("a: !!python/object:os.system x", "a file must be YAML; got could not determine a constructor"),
        ("{[1, 2]: 3}", r"a file must be YAML; got while constructing a mapping .* found unhashable key"),
        ("a: \x07", "a file must be YAML; got unacceptable character"),
        ("x" * 10_000_001, "a file must be at most 10,000,000 characters; got 10,000,001; shorten it"),
    ],
)
def test_it_is_refused_in_a_line(text: str, message: str) -> None:
    began = time.process_time()
    with pytest.raises(UsageError, match=message) as caught:
        read_yaml(text, "a file", "shorten it")
    assert "\n" not in str(caught.value)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("{a: 1, b: [1.0e-3, x, null, true]}", {"a": 1, "b": [0.001, "x", None, True]}),
        ("base: &base {a: 1}\nmore: {<<: *base, b: 2}", {"base": {"a": 1}, "more": {"a": 1, "b": 2}}),
        ("a: '1:30'", {"a": "1:30"}),
        ("a: 0x1F", {"a": 31}),
    ],
)
def test_what_people_write_is_read(text: str, value: object) -> None:
    assert read_yaml(text, "a file") == value
