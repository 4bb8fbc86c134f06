"""Values are checked where they enter, by annotation and declared range: in configurations and at public functions."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import pytest

from unbraid.core import KINDS, UsageError, bind, load_entry, names, options_of
from unbraid.core.checked import checked
from unbraid.core.memory import memory_bytes, require_memory
from unbraid.core.values import Count, Range, Seed, Share, unmet

HOSTILE: list[Any] = [
    *(None, True, "x", "", "1e3", "a\0b", [], {}, [None], ["x"], {"x": None}, (1.5, 1.5), object(), b"x", 1j),
    *(float("nan"), float("inf"), -float("inf"), -1, -0.5, 0, 10**12, 10**400, np.float64("nan"), np.array([1.5])),
]


@pytest.mark.parametrize(
    ("value", "annotation", "fault"),
    [
        (None, int, "a whole number"),
        (True, int, "a whole number"),
        (float("nan"), int, "a whole number"),
        (1.5, int, "a whole number"),
        (10**400, int, "a whole number"),
        (True, float, "a number"),
        (float("inf"), float, "a number"),
        ("x", float | None, "a number or null"),
        ("abc", Sequence[str], "a list"),
        ([1], Sequence[str], "a list, each item text"),
        ([1.5, "x"], list[float], "a list, each item a number"),
        ({"a": 0}, Mapping[str, Count], "a mapping to at least 1 and at most 1,000,000,000"),
        (3, Mapping[str, Any], "a mapping"),
        ("a\0b", str, "text of whole characters, without NUL"),
        (1, bool, "true or false"),
        ([], Literal["a"], "one of a"),
        (0, Count, "at least 1 and at most 1,000,000,000"),
        (1.5, Share, "at least 0 and at most 1"),
        (0.0, Annotated[float, Range(above=0)], "above 0"),
        ("x", dict, "dict"),
    ],
)
def test_what_is_not_meant_is_said(value: Any, annotation: Any, fault: str) -> None:
    assert unmet(value, annotation) == fault


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (4, float),
        (4.0, int),
        (np.int64(3), Count),
        (None, int | None),
        ((1, 2), Sequence[int]),
        (np.arange(3), Sequence[int]),
        ("x", Any),
        (lambda: 0, type | str),
        ({"a": 1}, float | Mapping[str, Any]),
    ],
)
def test_what_is_meant_is_taken(value: Any, annotation: Any) -> None:
    assert unmet(value, annotation) == ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_option_of_every_entry_takes_or_refuses_any_value_in_words(kind: str) -> None:
    for name in names(kind):
        entry = load_entry(kind, name)
        needed = {key: "x" for key, p in options_of(entry).items() if p.default is inspect.Parameter.empty}
        for option, parameter in options_of(entry).items():
            for value in HOSTILE:
                try:
                    bind(entry, {**needed, option: value}, name)
                except UsageError:
                    continue
                whole_or_real = parameter.annotation in (int, float) or "Range" in str(parameter.annotation)
                if whole_or_real and "None" not in str(parameter.annotation):
                    assert isinstance(value, int | float), (kind, name, option, value)
                    assert not isinstance(value, bool), (kind, name, option, value)
                    assert np.isfinite(float(value)), (kind, name, option, value)


def test_a_whole_number_written_as_a_decimal_is_one_configuration() -> None:
    def entry(*, bins: int = 20) -> int:
        return bins

    assert bind(entry, {"bins": 4.0}, "entry") == {"bins": 4}
    assert type(bind(entry, {"bins": 4.0}, "entry")["bins"]) is int


@checked
def public(rows: Any, *, seed: Seed = 0, words: Sequence[str] | None = None, unknown: "Nowhere" = None) -> str:  # type: ignore[name-defined]  # noqa: F821
    return f"{rows} {seed} {words} {unknown}"


def test_public_functions_refuse_what_their_annotations_exclude() -> None:
    assert public(object, seed=3, words=["a"], unknown=1).endswith("3 ['a'] 1")
    with pytest.raises(UsageError, match=r"public: seed must be at least 0 and at most .*; got -1"):
        public(1, seed=-1)
    with pytest.raises(UsageError, match="public: words must be a list or null; got 'ab'"):
        public(1, words="ab")
    with pytest.raises(UsageError, match="public takes rows, seed, words, unknown; got got an unexpected keyword"):
        public(1, sed=1)  # type: ignore[call-arg]
    assert str(inspect.signature(public)).startswith("(rows: Any, *, seed")


def test_what_no_machine_holds_is_refused() -> None:
    require_memory(memory_bytes(), "all")
    with pytest.raises(
        UsageError, match=r"a batch must fit into memory \([\d,]+ GB\); got about 1e\+15 GB; lower batch"
    ):
        require_memory(1e24, "a batch", "lower batch")
