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


@pytest.mark.parametrize("page", ["add-a-dataset", "add-a-model", "add-an-objective"])
def test_an_entry_written_outside_the_package_trains(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unbraid.training import RunConfig, fit

    module = page.replace("-", "_")
    source, *_ = blocks(f"docs/{page}.md", "python")
    (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = re.search(r'__all__ = \["(\w+)"\]', source).group(1)  # type: ignore[union-attr]
    settings = {"data": "toy", "model": {"name": "mlp", "hidden": 8}, "objective": "vae", "steps": 3, "batch": 8}
    kind = page.rpartition("-")[2].replace("dataset", "data")
    run = fit(RunConfig.from_dict({**settings, kind: f"{module}:{entry}"}), tmp_path / "run")
    assert run.read_status()["state"] == "done"


def test_a_likelihood_written_outside_the_package_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unbraid.training import RunConfig, fit

    (source,) = blocks("docs/add-a-likelihood.md", "python")
    (tmp_path / "add_a_likelihood.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    model = {"name": "mlp", "hidden": 8, "likelihood": {"name": "add_a_likelihood:Cauchy", "scale": 0.5}}
    settings = {"data": "toy", "model": model, "objective": "vae", "steps": 3, "batch": 8}
    assert fit(RunConfig.from_dict(settings), tmp_path / "run").read_status()["state"] == "done"


def test_every_page_that_is_linked_is_there() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
