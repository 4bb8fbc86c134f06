"""`unbraid data`."""

import pytest
from typer.testing import CliRunner

from unbraid.cli._data import app
from unbraid.core import UsageError


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.chdir(tmp_path)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_show_prints_the_tables_and_writes_the_page(tmp_path) -> None:
    text = said("show", "toy", "--pairs", "50", "--set", "places=3", "--set", "data.size=8")
    for part in ("18 images (1, 8, 8)", "brightness", "random", "grey", "runs/data/toy/index.html"):
        assert part in text
    assert (tmp_path / "runs/data/toy/index.html").exists()


def test_get_and_doctor(tmp_path) -> None:
    assert "rendered" in said("doctor")
    assert "unbraid data get shapes3d; offline: put" in " ".join(said("doctor").split())
    assert "belongs at" in said("doctor", "shapes3d")
    assert "toy needs no download" in said("doctor", "toy")
    assert "toy needs no download" in said("doctor", "toy", "--verify")
    with pytest.raises(UsageError, match="toy needs no download"):
        said("get", "toy")


def test_prepare_draws_what_can_be_drawn_beforehand(monkeypatch, tmp_path) -> None:
    with pytest.raises(UsageError, match="toy needs no preparing"):
        said("prepare", "toy")
    monkeypatch.setattr("unbraid.data.prepare", lambda name: range(1_036_800))
    assert f"arm: 1,036,800 images ready in {tmp_path / 'data'}" in said("prepare", "arm")


def test_unknown_names_and_options_are_mistakes() -> None:
    with pytest.raises(UsageError, match="Did you mean 'dsprites'"):
        said("show", "dsprite")
    with pytest.raises(UsageError, match=r"unknown option 'plases'.*Did you mean 'places'"):
        said("show", "toy", "--set", "plases=3")
