"""The pages on adding an entry work as they stand: files are written, commands and sessions run, in their order."""

import ast
import doctest
import importlib
import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.docs import DOCS
from unbraid.cli import app

PAGES = sorted(path.name for path in DOCS.glob("add-a*.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
Blocks = list[tuple[str, str, str]]


def blocks(page: str) -> Blocks:
    """(language, name of the file, code) of each fenced block of a page."""
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def imported(code: str) -> set[str]:
    """Modules of unbraid that a block imports."""
    modules = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    return {module for module in modules if module.partition(".")[0] == "unbraid"}


def run_session(code: str, name: str, given: dict) -> None:
    """Run the examples of a text as doctests."""
    test = doctest.DocTestParser().get_doctest(code, given, name, None, None)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    assert not report, "".join(report)


def run_commands(text: str) -> None:
    """Run each line as a command of unbraid."""
    for line in text.replace("\\\n", " ").splitlines():
        command, *arguments = shlex.split(line, comments=True)
        assert command == "unbraid", line
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def write_module(folder: Path, name: str, code: str) -> None:
    """Write a module and run the examples in its docstrings."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(code, encoding="utf-8")
    if name.endswith(".py"):
        module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
        for test in doctest.DocTestFinder(exclude_empty=True).find(module):
            run_session(test.docstring or "", test.name, vars(module).copy())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that Python and the commands start from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "mypkg", raising=False)
    for name in [name for name in sys.modules if name.startswith("mypkg.")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_page_works_as_it_stands(page: str, folder: Path) -> None:
    ran = {"python": 0, "sh": 0, "pycon": 0}
    for language, name, code in blocks(page):
        if language in ("python", "yaml"):
            assert name, f"{page}: name the file of this block: ```{language} title=…"
            write_module(folder, name, code)
        elif language == "sh":
            run_commands(code)
        else:
            run_session(code, page, {})
        ran[language] = ran.get(language, 0) + 1
    assert ran["python"], f"{page}: show the file"
    assert ran["sh"] + ran["pycon"], f"{page}: show how it is used"


@pytest.mark.parametrize("page", PAGES)
def test_the_page_uses_public_imports_alone(page: str) -> None:
    for language, _, code in blocks(page):
        if language == "python":
            for module in imported(code):
                assert module.count(".") <= 1, f"{page}: {module} is not a public package"
                assert "._" not in module
        if language == "pycon":
            assert not re.search(r"unbraid\.\w+\.\w+ import|unbraid\.\w*\._", code), page


def test_every_kind_has_a_page_that_says_how_to_add_one() -> None:
    headings = " ".join(
        line for page in PAGES for line in (DOCS / page).read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    )
    for kind in ("dataset", "model", "objective", "metric", "stressor", "figure", "likelihood", "claim"):
        assert re.search(rf"[Aa]dd an? .*{kind}|^## An? {kind}", headings), kind
    for kind in ("link", "optimiser", "rate"):
        assert re.search(rf"An? (\w+ and an? )?{kind}", headings), kind
