"""Ctrl-C once and twice: what is said, and where the run stands."""

from pathlib import Path
from typing import Any

import pytest
import typer

from unbraid.cli import _commands
from unbraid.store import RunDirectory
from unbraid.training import fit

SETTINGS: dict[str, Any] = {"data": "toy", "model": {"name": "mlp", "hidden": 8}, "objective": "vae", "steps": 5}


def test_a_second_ctrl_c_says_where_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_commands, "fit", stopped)
    with pytest.raises(typer.Exit) as end:
        _commands.run_training(SETTINGS, tmp_path / "run", tmp_path)
    assert end.value.exit_code == 130
    assert (
        "stopped at once, within a step; the same command goes on from the last checkpoint" in capsys.readouterr().err
    )


def test_a_run_stopped_within_a_step_is_interrupted_and_goes_on(tmp_path: Path) -> None:
    def interrupt(training: Any, row: Any) -> None:
        if training.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(SETTINGS, tmp_path / "run", callback=interrupt, progress=False)
    assert RunDirectory(tmp_path / "run").read_status()["state"] == "interrupted"
    fit(SETTINGS, tmp_path / "run", progress=False)
    assert RunDirectory(tmp_path / "run").read_status()["state"] == "done"
