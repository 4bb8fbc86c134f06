"""The tree keeps its shape: one direction of imports, a light metrics package, entries named by file."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from unbraid.core import KINDS, load_entry, names, summary

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "unbraid"
BELOW = {
    "core": [],
    "store": ["core"],
    "data": ["core", "store"],
    "models": ["core", "store", "data"],
    "objectives": ["core", "store", "data", "models"],
    "training": ["core", "store", "data", "models", "objectives"],
    "metrics": ["core"],
    "stress": ["core", "metrics"],
    "figures": ["core"],
}
BELOW["evaluation"] = [*BELOW["training"], "training", "metrics", "stress"]
BELOW["studies"] = [*BELOW["evaluation"], "evaluation"]
BELOW["report"] = [*BELOW["studies"], "studies", "figures"]
BELOW["explore"] = [*BELOW["report"], "report"]
BELOW["cli"] = [*BELOW["explore"], "explore"]


def imported_modules(file: Path) -> set[str]:
    """Modules of unbraid that a file imports, such as `unbraid.core`."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unbraid."):
            modules.add(str(node.module))
        if isinstance(node, ast.ImportFrom) and node.module == "unbraid":
            modules.update(f"unbraid.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names if alias.name.startswith("unbraid."))
    return modules


def imported_packages(file: Path) -> set[str]:
    """Packages of unbraid that a file imports."""
    return {module.split(".")[1] for module in imported_modules(file)}


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda f: str(f.relative_to(SOURCE)))
def test_imports_point_one_way(file: Path) -> None:
    package = file.relative_to(SOURCE).parts[0].removesuffix(".py")
    if package in ("__init__", "__main__"):
        return
    above = imported_packages(file) - set(BELOW[package]) - {package, "__version__"}
    assert not above, f"{package} may import {BELOW[package]} only; it imports {above}"


@pytest.mark.parametrize(
    "file",
    [file for file in sorted((SOURCE / "figures").glob("*.py")) if file.stem != "__init__"],
    ids=lambda f: f.stem,
)
def test_a_figure_uses_core_and_support_and_no_other_figure(file: Path) -> None:
    """Support modules begin with an underscore; every other module is a figure."""
    figures = {module.split(".")[2] for module in imported_modules(file) if module.startswith("unbraid.figures.")}
    assert all(name.startswith("_") for name in figures), f"{file.stem} imports {figures}"
    assert imported_packages(file) <= {"core", "figures"}


REPORTS = {
    "run": [],
    "codes": [],
    "study": ["run"],
    "dataset": [],
    "layers": ["run"],
    "ledger": ["study"],
    "paper": ["dataset", "layers", "run", "study"],
}  # folder -> what it may import


@pytest.mark.parametrize(
    "folder", sorted(path.name for path in (SOURCE / "report").iterdir() if (path / "__init__.py").exists())
)
def test_folders_of_reports_import_one_way(folder: str) -> None:
    for file in (SOURCE / "report" / folder).glob("*.py"):
        modules = [module.split(".") for module in imported_modules(file) if module.startswith("unbraid.report.")]
        folders = {parts[2] for parts in modules if not parts[2].startswith("_")}
        assert folders <= {folder, *REPORTS[folder]}, f"{folder}/{file.name} imports {folders}"


def test_the_oldest_versions_promised_are_those_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["train"]]
    promised = {line.replace(">=", "==") for line in required}
    tried = {line for line in (ROOT / "constraints-oldest.txt").read_text().splitlines() if not line.startswith("#")}
    assert promised <= tried


def test_every_tool_of_the_checks_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert all("==" in line for line in [*extras["dev"], *extras["docs"]])


def test_names_say_what_they_hold() -> None:
    vague = {"each", "found", "words", "wide", "own"}
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            bound = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            name = node.id if bound else node.arg if isinstance(node, ast.arg) else ""  # type: ignore[attr-defined]
            assert name not in vague, f"{file.relative_to(SOURCE)}:{node.lineno}: say what '{name}' holds"  # type: ignore[attr-defined]


def test_metrics_import_no_torch() -> None:
    code = "import sys, unbraid.metrics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_entry_is_documented(kind: str) -> None:
    for name in names(kind):
        assert summary(kind, name), f"{kind}/{name} needs a docstring"
        assert callable(load_entry(kind, name))


def test_every_name_of_the_package_itself_is_there() -> None:
    import unbraid

    for name in unbraid.__all__:
        assert getattr(unbraid, name) is not None


def test_docstrings_describe_each_argument_by_itself() -> None:
    """The reference on the site, which builds strictly, knows no `one, other: as in …`."""
    for file in sorted(SOURCE.rglob("*.py")):
        together = re.findall(r"^        \w+(?:, \w+)+: .*[^,(]$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert not [line for line in together if "|" not in line and "=" not in line], f"{file.name}: {together}"
