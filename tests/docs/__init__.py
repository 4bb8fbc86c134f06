"""The site and its pages: what docs/ says is so, and its examples run."""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def making(name: str) -> ModuleType:
    """A module of docs/_make, which is no package: mkdocs puts that folder on the path."""
    sys.path.insert(0, str(DOCS / "_make"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS / "_make"))


def blocks(page: str, language: str) -> list[str]:
    """The fenced code of a page in one language, block by block."""
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
