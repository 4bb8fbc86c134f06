"""The tree keeps its shape: one direction of imports, a light metrics package, entries named by file."""

import ast
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
BELOW["cli"] = [*BELOW["report"], "report"]


def imported_packages(file: Path) -> set[str]:
    """Packages of unbraid that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unbraid."):
            found.add(node.module.split(".")[1])
        if isinstance(node, ast.ImportFrom) and node.module == "unbraid":
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.Import):
            found.update(a.name.split(".")[1] for a in node.names if a.name.startswith("unbraid."))
    return found


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda f: str(f.relative_to(SOURCE)))
def test_imports_point_one_way(file: Path) -> None:
    own = file.relative_to(SOURCE).parts[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        return
    above = imported_packages(file) - set(BELOW[own]) - {own, "__version__"}
    assert not above, f"{own} may import {BELOW[own]} only; it imports {above}"


def test_the_oldest_versions_promised_are_those_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = {line.replace(">=", "==") for line in project["dependencies"]}
    tried = {line for line in (ROOT / "constraints-oldest.txt").read_text().splitlines() if not line.startswith("#")}
    assert promised <= tried


def test_every_tool_of_the_checks_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert all("==" in line for line in project["optional-dependencies"]["dev"])


def test_metrics_import_no_torch() -> None:
    code = "import sys, unbraid.metrics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_entry_is_documented(kind: str) -> None:
    for name in names(kind):
        assert summary(kind, name), f"{kind}/{name} needs a docstring"
        assert callable(load_entry(kind, name))
