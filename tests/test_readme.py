"""What the README shows works as it stands."""

import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    factors = np.random.default_rng(0).integers(0, 5, (2000, 2))
    np.savez(tmp_path / "codes.npz", code=factors + 0.0, factors=factors)
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("README.md", "python")
    exec(example, {})
    assert "mig" in capsys.readouterr().out
    assert len([line for line in example.splitlines() if line.strip()]) <= 20


def test_every_page_that_is_linked_is_there() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
