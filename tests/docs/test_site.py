"""The site builds strictly from one command, has every page, and fetches nothing from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs import DOCS, ROOT, making

BUILT = ("api/",)  # folders of pages that are made when the site is built


def listed(nav: list) -> list[str]:
    """The pages of a navigation, in its order."""
    pages = []
    for item in nav:
        for value in item.values():
            pages += [value] if isinstance(value, str) else listed(value)
    return pages


def settings() -> dict:
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def test_every_page_has_one_place_in_the_navigation() -> None:
    pages = listed(settings()["nav"])
    written = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    written |= {f"notebooks/{path.stem}.md" for path in DOCS.rglob("*.ipynb")}
    assert sorted(page for page in pages if not page.startswith(BUILT)) == sorted(written)


def test_the_reference_has_every_package_with_public_names() -> None:
    pytest.importorskip("griffe")
    packages = {path.parent.name for path in (ROOT / "src" / "unbraid").glob("*/__init__.py")} - {"cli"}
    assert set(making("api_pages").PACKAGES) == packages
    assert {page for page in listed(settings()["nav"]) if page.startswith("api/")} == {
        "api/unbraid.md",
        *(f"api/{package}.md" for package in packages),
    }


def test_the_reference_names_what_is_public_and_leaves_entries_to_their_pages() -> None:
    pytest.importorskip("griffe")
    pages = making("api_pages")
    page = pages.package_page("metrics")
    assert "::: unbraid.metrics.Representation" in page
    assert "[metrics](../entries/metrics.md)" in page
    assert "::: unbraid.metrics.mig\n" not in page
    assert "- [`fit`][unbraid.training.fit]: " in pages.front_page()


def test_docstrings_are_put_in_the_words_of_the_parser() -> None:
    pytest.importorskip("griffe")
    rewritten = making("docstrings").rewritten
    assert rewritten("Sum.\n\nNotes:\n    Of two\n    rows.\n\n    More.\n\nRaises:\n    UsageError: none.") == (
        "Sum.\n\n**Notes.** Of two\nrows.\n\nMore.\n\nRaises:\n    UsageError: none."
    )
    assert rewritten("Sum.\n\nSource: Chen (2018),\n    Sec. 4.") == "Sum.\n\n**Source.** Chen (2018),\nSec. 4."
    assert rewritten("Sum.\n\n>>> 1\n1\n\nEnd.") == "Sum.\n\n```pycon\n>>> 1\n1\n```\n\nEnd."
    assert rewritten("In [0, 1] [N, D].") == "In [0, 1] \\[N, D]."


@pytest.mark.slow
def test_the_site_builds_strictly_and_fetches_nothing(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("nbconvert")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_NOTEBOOKS": "unexecuted"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr  # with --quiet no warning would count
    assert "WARNING" not in built.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        fetched = re.findall(r"<(?:script|img|link)[^>]+(?:src|href)=\"(https?://[^\"]+)", page.read_text("utf-8"))
        assert fetched == [], page.name
    assert not [path for path in (tmp_path / "site").rglob("*") if path.suffix in (".py", ".csv", ".parquet", ".ipynb")]
