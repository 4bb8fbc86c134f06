"""The callback of `fit`: when it is called, what it sees, and that looking changes nothing."""

from pathlib import Path
from typing import Any

import numpy as np

from unbraid.store import MODEL
from unbraid.training import LogRow, RunConfig, Training, fit

SETTINGS: dict[str, Any] = {"data": "toy", "model": {"name": "mlp", "latents": 3, "hidden": 16}, "batch": 16}
PHASES = [{"steps": 3, "objective": "vae"}, {"steps": 3, "objective": {"name": "beta_vae", "beta": 2.0}}]
CONFIG = RunConfig.from_dict({**SETTINGS, "phases": PHASES})


def test_it_is_called_before_the_first_step_of_a_sitting_and_after_each_step(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []

    def note(training: Training, row: LogRow | None) -> None:
        calls.append((training.step, None if row is None else int(row["step"])))

    fit(CONFIG, tmp_path / "run", until=2, callback=note, log_every=2)
    fit(CONFIG, tmp_path / "run", callback=note, log_every=2)
    assert calls == [(0, None), (1, None), (2, 2), (2, None), (3, None), (4, 4), (5, None), (6, 6)]
    fit(CONFIG, tmp_path / "run", callback=note)
    assert len(calls) == 8  # a finished run has no sitting


def test_it_sees_the_phase_its_objective_and_the_folder(tmp_path: Path) -> None:
    seen: list[tuple[int, str, float]] = []

    def note(training: Training, row: LogRow | None) -> None:
        assert training.folder.path == tmp_path / "run"
        assert training.model.widths == (3,)
        weighting = training.objective.weighting
        assert weighting is not None
        seen.append((training.step, training.phase.objective.name, weighting.beta.final))

    fit(CONFIG, tmp_path / "run", callback=note)
    assert seen == [(step, "vae", 1.0) for step in range(4)] + [(step, "beta_vae", 2.0) for step in (4, 5, 6)]


def test_a_callback_may_leave_the_model_in_evaluation_mode(tmp_path: Path) -> None:
    dropout = {"model": {"name": "osnabrueck", "dropout": 0.3}, "data": {"name": "toy", "resolution": 28}}
    config = RunConfig.from_dict({**SETTINGS, **dropout, "objective": "vae", "steps": 6})

    def look(training: Training, row: LogRow | None) -> None:
        training.model.eval()

    plain, watched = fit(config, tmp_path / "plain"), fit(config, tmp_path / "watched", callback=look)
    one, other = plain.folder.read_tensors(MODEL), watched.folder.read_tensors(MODEL)
    assert all(np.array_equal(one[name], other[name]) for name in one)
