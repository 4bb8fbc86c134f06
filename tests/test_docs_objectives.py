"""The reference page of objectives is the one its entries give, and the documented example of an own objective runs."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import torch

from tests.objectives._given import given_batch
from tests.objectives._loop import model_of
from unbraid.core import Spec, build, names
from unbraid.objectives import Objective

DOCS = Path(__file__).resolve().parent.parent / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_objectives_is_up_to_date() -> None:
    page = (DOCS / "objectives.md").read_text(encoding="utf-8")
    assert page == generator().page("objectives"), "run python docs/generate.py objectives"


@pytest.mark.parametrize("name", names("objectives"))
def test_each_objective_states_its_equation_defaults_and_source(name: str) -> None:
    section = generator().section("objectives", name)
    assert re.search(r"^    .*(L  ?=|L   =|shared:)", section, re.MULTILINE), "an indented equation"
    assert "**Defaults in the papers.**" in section
    assert "**Source.**" in section


def test_the_documented_objective_runs_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "add-an-objective.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    (tmp_path / "documented_objective.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    objective: Objective = build("objectives", Spec("documented_objective:Growing", {"rate": 0.5}))
    losses = objective.forward(model_of("vae"), given_batch(torch.rand(4, 1, 16, 16)), 4)
    expected = losses.terms["reconstruction"] + 2.0 * losses.terms["kl"]
    assert float(losses.of["model"].detach()) == pytest.approx(float(expected))
