"""Pages of entries: every entry of every kind with each option, its default and its choices."""

import re
from pathlib import Path

import pytest

from tests.docs import DOCS, making
from unbraid.core import KINDS, context_of, load_entry, names, options_of

PAGES = making("entry_pages")


def test_every_kind_has_an_introduction_and_nothing_else_has() -> None:
    assert {path.stem for path in (DOCS / "entries").iterdir()} == set(KINDS)
    for kind in KINDS:
        assert (DOCS / "entries" / f"{kind}.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_page_of_a_kind_has_every_entry_with_every_parameter(kind: str) -> None:
    page = PAGES.with_entries(kind, "# Title\n")
    sections = dict(zip(*[iter(re.split(r"^## `(\w+)`$", page, flags=re.MULTILINE)[1:])] * 2, strict=True))
    assert list(sections) == names(kind)
    for name, text in sections.items():
        entry = load_entry(kind, name)
        for option in options_of(entry):
            assert re.search(rf"^- `{option}` \(.+\): \S", text, re.MULTILINE), f"{name}.{option}"
        for parameter in context_of(entry):
            assert re.search(rf"^- `{parameter}`: \S", text, re.MULTILINE), f"{name}.{parameter}"


def test_options_stand_with_their_defaults_and_choices() -> None:
    section = PAGES.section("metrics", "modularity")
    assert "- `bins` (default `20`): " in section
    assert "- `dead` (default `'zero'`; one of `'zero'`, `'drop'`, `'missing'`): " in section
    assert "- `metric` (no default): " in PAGES.section("claims", "best")


def test_sections_of_docstrings_are_titled_and_lists_are_lists() -> None:
    assert PAGES.titled("Notes", "One.") == "**Notes.** One."
    assert PAGES.titled("Example", ">>> 1\n1") == "**Example.**\n\n```pycon\n>>> 1\n1\n```"
    several = PAGES.titled("Defaults", "Locatello: 1, 2.\nDubois: 4.")
    assert several == "**Defaults in the papers.**\n\n- Locatello: 1, 2.\n- Dubois: 4."


def test_shapes_side_by_side_are_no_links_and_code_stays() -> None:
    text = "In [0, 1] [N, D].\n\n    a = [0] [1]\n\n```\n[0] [1]\n```"
    assert PAGES.unlinked(text) == text.replace("1] [N", "1] \\[N")


@pytest.mark.parametrize("name", names("objectives"))
def test_each_objective_states_its_equation_defaults_and_source(name: str) -> None:
    section = PAGES.section("objectives", name)
    assert re.search(r"^    .*(L  ?=|L   =|shared:)", section, re.MULTILINE), "an indented equation"
    assert "**Defaults in the papers.**" in section
    assert "**Source.**" in section


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_page_that_is_linked_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            file = page.parent / target  # a page of a notebook is made when the site is built
            made = file.parent.name == "notebooks" and file.with_suffix(".ipynb").exists()
            assert made or file.exists(), f"{page.name} links to {target}"
