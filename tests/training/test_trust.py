"""A run from elsewhere: code that it names is imported only where that is asked for; newer versions are refused."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from unbraid.cli import app
from unbraid.core import UsageError, with_value
from unbraid.evaluation import evaluate, read_scores
from unbraid.report import layers_report, run_report
from unbraid.store import METRICS, STATUS, RunDirectory
from unbraid.studies._progress import PROGRESS, read_progress
from unbraid.training import Run, RunConfig, fit, open_run, stored_config

SETTINGS: dict[str, Any] = {
    "data": {"name": "toy", "places": 12},
    "model": {"name": "mlp", "hidden": 8, "latents": 2},
    "objective": "vae",
    "steps": 3,
    "batch": 8,
    "metrics": ["active_latents"],
}
WORLD = """
from pathlib import Path

from unbraid.data.toy import toy
from unbraid.objectives.vae import VAE

Path(__file__).with_name("imported").touch()


def world(*, places: int = 12):
    return toy(places=places)


class Mine(VAE):
    pass
"""
PLACES = [  # of a configuration that can name an entry
    "data",
    "model",
    "phases.0.objective",
    "optimizer",
    "rate",
    "metrics.0",
    "model.likelihood",
    "data.correlated",
    "phases.0.objective.deep",
]
OPENINGS: dict[str, Callable[[Path], Any]] = {
    "Run": Run,
    "open": open_run,
    "evaluate": lambda folder: evaluate(folder, metrics="mig", progress=False),
    "report": run_report,
    "layers": lambda folder: layers_report([folder], folder / "layers"),
    "config": lambda folder: stored_config(RunDirectory(folder)),
}


def train(folder: Path) -> None:
    fit(RunConfig.from_dict(SETTINGS), folder)


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is there once the module `stranger`, which can be found, was imported."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "stranger.py").write_text(WORLD)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.delitem(sys.modules, "stranger", raising=False)
    return tmp_path / "code" / "imported"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evaluated run of entries of ours."""
    folder = tmp_path_factory.mktemp("trust") / "run"
    fit(RunConfig.from_dict(SETTINGS), folder)
    evaluate(folder, progress=False)
    return folder


@pytest.fixture
def received(trained: Path, tmp_path: Path) -> Path:
    """A copy of the run, as somebody sends it."""
    folder = tmp_path / "received"
    folder.mkdir()
    for file in trained.iterdir():
        if file.is_file() and file.name != ".lock":
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def change(folder: Path, place: str, value: Any) -> None:
    file = folder / "config.yaml"
    settings = with_value(yaml.safe_load(file.read_text()), place, value)
    file.write_text(yaml.safe_dump(settings))


@pytest.mark.parametrize("place", PLACES)
def test_code_named_anywhere_in_a_configuration_is_not_imported(place: str, received: Path, marker: Path) -> None:
    change(received, place, "stranger:world")
    with pytest.raises(UsageError) as caught:
        Run(received)
    assert str(caught.value) == (
        "code that a run names is imported only where it is trusted; got stranger:world in "
        f"{received}; read that code, then give trust=True (on the command line --trust)."
    )
    assert not marker.exists()


@pytest.mark.parametrize("opening", OPENINGS)
def test_no_way_to_open_a_run_imports_it(opening: str, received: Path, marker: Path) -> None:
    change(received, "data", {"name": "stranger:world", "places": 12})
    with pytest.raises(UsageError, match=r"got stranger:world in .*received; read that code, then give trust=True"):
        OPENINGS[opening](received)
    assert not marker.exists()


@pytest.mark.parametrize("command", ["evaluate", "report", "layers"])
def test_the_commands_import_it_when_they_are_told_to(
    command: str, received: Path, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    change(received, "data", {"name": "stranger:world", "places": 12})
    with pytest.raises(UsageError, match="--trust"):
        CliRunner().invoke(app, [command, str(received)], catch_exceptions=False, standalone_mode=False)
    assert not marker.exists()
    result = CliRunner().invoke(app, [command, str(received), "--trust"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert marker.exists()


def test_a_trusted_run_opens(received: Path, marker: Path) -> None:
    change(received, "data", {"name": "stranger:world", "places": 12})
    assert Run(received, trust=True).dataset.space.names == ("x", "y", "brightness")
    assert marker.exists()
    assert len(evaluate(received, metrics="active_latents", trust=True, progress=False))
    assert run_report(received, trust=True).is_file()


def test_ones_own_settings_are_trusted_and_go_on(tmp_path: Path, marker: Path) -> None:
    config = RunConfig.from_dict({**SETTINGS, "data": "stranger:world", "objective": "stranger:Mine"})
    fit(config, tmp_path / "run", until=2)
    fit(config, tmp_path / "run")
    assert RunDirectory(tmp_path / "run").read_status()["state"] == "done"
    assert marker.exists()


def test_training_in_a_folder_that_names_other_code_imports_none_of_it(received: Path, marker: Path) -> None:
    change(received, "model.likelihood", "stranger:world")
    with pytest.raises(UsageError, match="holds another run; got code of stranger:world; choose another folder"):
        fit(RunConfig.from_dict(SETTINGS), received)
    assert not marker.exists()


def test_tables_of_version_0_1_that_name_code_are_read_without_it(received: Path, marker: Path) -> None:
    asked = json.dumps({"name": "stranger:world", "rows": 200_000, "seed": 0})
    row = {"layer": 0, "metric": "stranger:world", "part": "", "value": 0.5, "asked": asked}
    folder = RunDirectory(received)
    folder.write_table(METRICS, pd.DataFrame([row]))
    assert list(read_scores(folder)["metric"]) == ["stranger:world"]
    change(received, "metrics", ["stranger:world", "mig"])
    folder.write_table(PROGRESS, pd.DataFrame([row, {**row, "metric": "mig"}]))
    progress = read_progress(folder)
    assert progress is not None
    assert list(progress["metric"]) == ["stranger:world", "mig"]
    assert not marker.exists()


def write_version(folder: Path, version: Any) -> None:
    status = json.loads((folder / STATUS).read_text())
    (folder / STATUS).write_text(json.dumps({**status, "versions": version}))


@pytest.mark.parametrize("newer", ["0.3.0", "0.2.1.dev0", "1", "0.10rc1"])
@pytest.mark.parametrize("opening", [*OPENINGS, "fit"])
def test_a_run_of_a_newer_version_is_refused(newer: str, opening: str, received: Path) -> None:
    from unbraid import __version__

    write_version(received, {"unbraid": newer})
    files = {file.name: file.read_bytes() for file in received.iterdir()}
    with pytest.raises(UsageError) as caught:
        {**OPENINGS, "fit": train}[opening](received)
    assert str(caught.value) == (
        f"a run is opened by the version that wrote it or a newer one; got {received} of unbraid {newer}, and this is "
        f"{__version__}; upgrade: pip install --upgrade unbraid."
    )
    assert files == {file.name: file.read_bytes() for file in received.iterdir() if file.name in files}


@pytest.mark.parametrize(
    "older", [{"unbraid": "0.2.0"}, {"unbraid": "0.1.9"}, {"unbraid": "0"}, {"unbraid": "?"}, {}, None, 3]
)
def test_runs_of_this_version_and_older_ones_are_opened(older: Any, received: Path) -> None:
    write_version(received, older)
    assert Run(received).config.model.name == "mlp"
