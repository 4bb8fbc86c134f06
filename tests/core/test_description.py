"""Descriptions of entries: what their signatures and docstrings say, in parts."""

import importlib
from pathlib import Path

import pytest

from unbraid.core import KINDS, UsageError, describe, load_entry, names

GUEST = '''
from typing import Literal

def thing(rep, extra=3, *, size: int, way: Literal["up", "down"] = "up"):
    """A thing in one line.

    What it is, on
    two lines:

        y = x
        z = 2 y

    Args:
        rep: codes.
        size: of the thing,
            in metres.
        way: where it goes.

    Raises:
        UsageError: too
            large.
        OSError: no file.

    Notes:
        First
        paragraph.

        Second.

    Source: somebody (2020).

    Example:
        >>> 1 + 1
        2
    """
'''


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "described_guest.py").write_text(GUEST, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "described_guest:thing"


def test_a_docstring_is_taken_apart(guest: str) -> None:
    entry = describe("metrics", guest)
    assert entry.summary == "A thing in one line."
    assert entry.import_line == "from described_guest import thing"
    assert entry.text == "What it is, on two lines:\n\n    y = x\n    z = 2 y"
    assert dict(entry.sections) == {
        "Raises": "UsageError: too large.\nOSError: no file.",
        "Notes": "First paragraph.\n\nSecond.",
        "Source": "somebody (2020).",
        "Example": ">>> 1 + 1\n2",
    }


def test_parameters_have_their_defaults_choices_and_sentences(guest: str) -> None:
    entry = describe("metrics", guest)
    assert [(a.name, a.limits, a.about) for a in entry.options] == [
        ("size", "no default", "of the thing, in metres."),
        ("way", "default 'up'; one of 'up', 'down'", "where it goes."),
    ]
    assert [(a.name, a.limits, a.about) for a in entry.context] == [
        ("rep", "no default", "codes."),
        ("extra", "default 3", ""),
    ]


def test_an_unknown_entry_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"got 'beta_vea'; Did you mean 'beta_vae'\?"):
        describe("objectives", "beta_vea")
    with pytest.raises(UsageError, match="kind of entry must be one of"):
        describe("objective", "beta_vae")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_parameter_of_every_entry_is_described(kind: str) -> None:
    for name in names(kind):
        entry = describe(kind, name)
        assert entry.summary
        package, _, thing = entry.place.rpartition(".")
        assert getattr(importlib.import_module(package), thing) is load_entry(kind, name)
        assert [a.name for a in (*entry.context, *entry.options) if not a.about] == [], f"{kind}/{name}"
