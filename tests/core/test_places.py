"""Paths that no disk takes and text that no file holds are refused in words, whoever is given them."""

import os
from pathlib import Path

import pytest

from unbraid.core import Factor, UsageError
from unbraid.core.places import expanded, is_text, read_json, require_place, require_plain_file, unmet_place
from unbraid.core.values import unmet
from unbraid.core.yaml_text import read_yaml
from unbraid.store import RunDirectory

WHOLE = "a path of whole characters"


@pytest.mark.parametrize("text", ["\udcff", "a\ud800b", "a\0b"])
def test_half_characters_and_nul_are_no_text(text: str) -> None:
    assert not is_text(text)
    assert unmet(text, str) == "text of whole characters, without NUL"
    assert unmet_place(text).startswith(WHOLE)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("runs/β", ""),
        ("x" * 255, ""),
        ("β" * 128, "a path whose names have at most 255 bytes each"),
        ("/".join(["x" * 200] * 30), "a path of at most 4,000 bytes"),
    ],
)
def test_names_and_paths_have_the_lengths_that_disks_take(path: str, fault: str) -> None:
    assert unmet_place(path) == unmet_place(Path(path)) == fault


def test_text_is_a_path_where_an_annotation_takes_paths() -> None:
    assert unmet("x" * 300, str) == ""
    assert unmet("x" * 300, Path | str | None).startswith("a path whose names")
    assert unmet(Path("\udcff"), Path).startswith(WHOLE)
    assert unmet("runs", Path | str) == unmet(Path("runs"), Path | str) == unmet(None, Path | None) == ""


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"a folder must be a path of whole characters .*; got 'a\\udcffb'; rename it"):
        require_place("a\udcffb", "a folder")


def test_the_home_of_nobody_is_refused() -> None:
    assert expanded("~/x") == Path.home() / "x"
    with pytest.raises(UsageError, match="the home of somebody here; got '~nobody-here/x'; write it out"):
        expanded("~nobody-here/x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    require_plain_file(tmp_path / "absent")
    with pytest.raises(
        UsageError, match=r"a file to write must be a plain file; got .*pipe, which is none; name a new"
    ):
        require_plain_file(tmp_path / "pipe")


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '["\\udcff"]', '{"\\ud800": 1}', "[" * 100_000, "{", b"\xff"])
def test_json_that_no_file_takes_again_is_damaged(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_json_of_whole_text_is_read() -> None:
    assert read_json('{"a": "β \\ud83d\\ude00"}') == {"a": "β 😀"}


@pytest.mark.parametrize("text", ['a: "\\uD800"', 'a: "\\0"', '"\\uDCFF": 1', '[x, "\\0"]'])
def test_yaml_cannot_smuggle_what_no_file_holds(text: str) -> None:
    with pytest.raises(UsageError, match=r"text must be of whole characters, without NUL; got .*; write the character"):
        read_yaml(text, "a setting")


@pytest.mark.parametrize("given", [{"name": "\ud800"}, {"unit": "\0"}, {"labels": ("a", "\udcff")}])
def test_words_of_a_factor_are_text(given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="the words of a Factor must be text of whole characters, without NUL; got"):
        Factor(**{"name": "shape", "size": 2, "kind": "categorical", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [None, 5, b"x", ["x"]])
def test_what_is_no_path_is_no_place(given: object) -> None:
    assert unmet_place(given) == "a path"
    with pytest.raises(UsageError, match=r"the folder of a run must be a path; got .*; rename it, or give another"):
        RunDirectory(given)  # type: ignore[arg-type]
