"""Threads: as said, as the environment says, as before, or as measured; noted, and no part of the configuration."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.store import RunDirectory
from unbraid.training import RunConfig, fit
from unbraid.training._threads import SAID, chosen_threads, fastest, step_of, threads_for, torch_threads

CPU = torch.device("cpu")
CONFIG = RunConfig.from_dict(
    {"data": "toy", "model": {"name": "mlp", "hidden": 8}, "objective": "factor_vae", "steps": 4, "batch": 8}
)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment that says nothing, and a torch that has four threads."""
    for name in SAID:
        monkeypatch.delenv(name, raising=False)
    with torch_threads(4):
        yield


class Work:
    """A step that takes as long as it is said to at each number of threads, by a clock of its own."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.seconds, self.now, self.done = seconds, 0.0, list[int]()

    def __call__(self) -> None:
        self.done.append(torch.get_num_threads())
        self.now += self.seconds[torch.get_num_threads()]

    def clock(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "steps", "chosen"),
    [
        ({1: 0.4, 2: 0.2, 4: 0.11}, 1000, 4),
        ({1: 0.4, 2: 0.2, 4: 0.19}, 1000, 2),  # four are hardly faster than two
        ({1: 0.4, 2: 0.39}, 1000, 1),
        ({1: 0.022, 2: 0.256}, 5000, 1),  # measured on a busy machine, mlp at batch 64
        ({1: 0.6, 2: 2.3}, 5000, 1),  # the same, burgess
        ({1: 0.001}, 10**6, 1),  # too quick for threads to pay
        ({1: 0.4}, 10, 1),  # too short a run to measure
    ],
)
def test_more_threads_are_taken_where_they_are_faster(seconds: dict[int, float], steps: int, chosen: int) -> None:
    work = Work(seconds)
    assert fastest(work, 4, steps, work.clock) == chosen


def test_a_number_that_is_far_slower_is_timed_once() -> None:
    work = Work({1: 0.6, 2: 2.3})
    fastest(work, 2, 5000, work.clock)
    assert work.done == [1, 1, 1, 2]


def test_the_most_is_tried_where_it_is_no_power_of_two() -> None:
    work = Work({1: 0.6, 2: 0.3, 3: 0.2})
    assert fastest(work, 3, 1000, work.clock) == 3


def test_timing_leaves_no_trace(tmp_path: Path) -> None:
    dataset = load_dataset("toy")
    state = torch.random.get_rng_state()
    step = step_of(CONFIG, dataset)
    step()
    step()
    assert torch.equal(torch.random.get_rng_state(), state)


def test_what_is_said_comes_first_then_the_environment_then_what_was(
    silent: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, dataset = RunDirectory(tmp_path), load_dataset("toy")
    assert chosen_threads(None, run, CONFIG, dataset, CPU) == 1  # measured: a short run
    run.write_status(threads=3)
    assert chosen_threads(None, run, CONFIG, dataset, CPU) == 3
    assert (threads_for(run, None), threads_for(run, 2)) == (3, 2)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert chosen_threads(None, run, CONFIG, dataset, CPU) == 4
    assert chosen_threads(2, run, CONFIG, dataset, CPU) == 2
    assert threads_for(run, None) is None


def test_threads_are_noted_and_given_back_and_name_no_run(silent: None, tmp_path: Path) -> None:
    seen: list[int] = []
    options: dict[str, Any] = {
        "progress": False,
        "callback": lambda training, row: seen.append(torch.get_num_threads()),
    }
    fit(CONFIG, tmp_path / "run", until=2, threads=2, **options)
    fit(CONFIG, tmp_path / "run", **options)  # goes on with as many
    assert set(seen) == {2}
    assert torch.get_num_threads() == 4
    assert json.loads((tmp_path / "run" / "status.json").read_text())["threads"] == 2
    assert "threads" not in (tmp_path / "run" / "config.yaml").read_text()
    fit(CONFIG, tmp_path / "other", progress=False)
    assert json.loads((tmp_path / "other" / "status.json").read_text())["threads"] == 1
    stored = [RunDirectory(tmp_path / name).read_config() for name in ("run", "other")]
    assert RunConfig.from_dict(stored[0]).id == RunConfig.from_dict(stored[1]).id == CONFIG.id


def test_measuring_changes_no_weight(silent: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.training._threads.SHORT", 0.0)
    monkeypatch.setattr("unbraid.training._threads.QUICK", 0.0)
    monkeypatch.setattr("unbraid.training._threads.FASTER", 1e9)  # measured, and one thread taken
    fit(CONFIG, tmp_path / "measured", progress=False)
    fit(CONFIG, tmp_path / "said", threads=1, progress=False)
    one, two = (RunDirectory(tmp_path / name).read_tensors("model.safetensors") for name in ("measured", "said"))
    assert all(np.array_equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("threads", [0, -1, 10**6, 1.5])
def test_a_number_of_threads_that_cannot_be_is_refused(threads: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"fit: threads must be (at least 1 and at most 1,024|a whole number)"):
        fit(CONFIG, tmp_path / "run", threads=threads, progress=False)
    assert not (tmp_path / "run").exists()


def test_progress_may_be_a_function(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fit(CONFIG, tmp_path / "run", progress=lambda *what: told.append(what))
    assert told == [("training", step, 4) for step in range(5)]
