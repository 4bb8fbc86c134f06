"""The gallery: every figure with the line that made it, and its picture, small."""

import re

from tests.docs import DOCS, making
from unbraid.core import context_of, names, options_of
from unbraid.core.yaml_text import read_yaml
from unbraid.report.paper import drawing

PICTURES = DOCS / "images" / "figures"
GALLERY = making("gallery")
ELSEWHERE = {"stress"}  # on a page of its own


def figures() -> list[list[str]]:
    return [words for words in GALLERY.lines() if words[0] == "figure"]


def test_every_figure_has_a_line_and_every_line_a_picture() -> None:
    assert {words[1] for words in figures()} == set(names("figures")) - ELSEWHERE
    made = [GALLERY.output(words) for words in figures()]
    assert len(made) == len(set(made))
    assert {path.stem for path in PICTURES.iterdir()} == set(made)
    shown = re.findall(r"!\[[^\]]+\]\(images/figures/(.+)\.png\)", GALLERY.PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(made)


def test_lines_name_options_that_there_are() -> None:
    for words in figures():
        draw = drawing(words[1])
        assert context_of(draw)
        for setting in [words[at + 1] for at, word in enumerate(words) if word == "--set"]:
            key, _, value = setting.partition("=")
            assert key in options_of(draw), setting
            assert read_yaml(value, key, "", typed=True) is not None


def test_pictures_are_small() -> None:
    for path in PICTURES.iterdir():
        assert path.stat().st_size < 60_000, path.name
