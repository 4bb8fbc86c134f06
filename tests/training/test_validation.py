"""The loss on rows held out of training: logged beside the training loss, and without a part in it."""

from pathlib import Path

import pytest

from unbraid.store import CONFIG
from unbraid.training import RunConfig, fit

SPLIT = {"name": "toy", "split": {"train": 0.5}}


def logged(folder: Path, objective: str = "vae", data: object = SPLIT, **options: object) -> list[dict]:
    config = RunConfig(data, "mlp", objective=objective, steps=6, batch=8)
    return fit(config, folder, log_every=2, progress=False, **options).log.to_dict("records")


@pytest.mark.parametrize("objective", ["vae", "factor_vae"])
def test_the_validation_loss_is_logged_where_rows_are_held_out(tmp_path: Path, objective: str) -> None:
    rows = logged(tmp_path / "run", objective)
    assert all(row["loss/validation"] > 0 for row in rows)
    assert rows[-1]["loss/validation"] < rows[0]["loss/validation"]
    assert "loss/validation" not in logged(tmp_path / "all", objective, "toy")[0]


def test_it_is_the_same_after_a_stop(tmp_path: Path) -> None:
    whole = logged(tmp_path / "whole")
    logged(tmp_path / "parts", until=3)
    again = logged(tmp_path / "parts")
    assert [row["loss/validation"] for row in again] == [row["loss/validation"] for row in whole]
    assert (tmp_path / "parts" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()
    assert (tmp_path / "parts" / CONFIG).read_bytes() == (tmp_path / "whole" / CONFIG).read_bytes()
