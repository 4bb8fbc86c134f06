"""The total correlation that is there, beside what FactorVAE's critic says of it."""

from pathlib import Path

import pytest
import torch

from unbraid.data import load_dataset
from unbraid.objectives import aggregate_total_correlation
from unbraid.training import RunConfig, fit, to_input
from unbraid.training._reference import reference_due

CRITIC = {"name": "factor_vae", "critic_width": 8, "critic_layers": 1}


def logged(folder: Path, objective: object = CRITIC, model: object = "mlp", **options: object) -> list[dict]:
    config = RunConfig("toy", model, objective=objective, steps=12, batch=8)
    return fit(config, folder, log_every=2, progress=False, **options).folder.read_log()


def test_it_is_logged_four_times_a_phase_where_there_is_a_critic(tmp_path: Path) -> None:
    rows = logged(tmp_path / "run")
    there = {row["step"]: row["total_correlation/reference"] for row in rows if "total_correlation/reference" in row}
    assert list(there) == [4, 6, 10, 12]
    assert all("total_correlation/reference" not in row for row in logged(tmp_path / "other", "vae"))
    full = logged(tmp_path / "full", model={"name": "mlp", "posterior": "full"})
    assert all("total_correlation/reference" not in row for row in full)


def test_the_last_one_is_that_of_the_trained_model(tmp_path: Path) -> None:
    rows = logged(tmp_path / "run")
    run = fit(RunConfig("toy", "mlp", objective=CRITIC, steps=12, batch=8), tmp_path / "run", progress=False)
    dataset = load_dataset("toy")
    with torch.no_grad():
        posterior = run.model.infer(to_input(dataset.images(range(len(dataset))), torch.device("cpu")))[0].posterior
    expected = aggregate_total_correlation(posterior.mean, posterior.logvar)[0]
    assert rows[-1]["total_correlation/reference"] == pytest.approx(expected, abs=1e-4)


def test_it_changes_nothing_and_is_the_same_after_a_stop(tmp_path: Path) -> None:
    whole = logged(tmp_path / "whole")
    logged(tmp_path / "parts", until=5)
    parts = logged(tmp_path / "parts")
    name = "total_correlation/reference"
    assert [row.get(name) for row in parts] == [row.get(name) for row in whole]
    one, other = ((tmp_path / folder / "model.safetensors").read_bytes() for folder in ("whole", "parts"))
    assert one == other


@pytest.mark.parametrize(("steps", "log_every"), [(12, 2), (7, 3), (3, 1), (10, 100), (1_000, 7)])
def test_rows_of_the_log_are_due_at_most_four_times_and_the_last_one_always(steps: int, log_every: int) -> None:
    rows = sorted({*range(log_every, steps + 1, log_every), steps})
    due = [since for since in rows if reference_due(since, steps, log_every)]
    assert 1 <= len(due) <= 4
    assert due[-1] == steps
