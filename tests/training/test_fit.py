"""Training: exact resumption, interruption, failure, and what a folder refuses."""

import json
import os
import shutil
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from unbraid.core import UsageError
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training import DivergedError, InterruptedRunError, RunConfig, Training, fit


def config(**changes: object) -> RunConfig:
    settings = {
        "data": "toy",
        "model": {"name": "mlp", "latents": 3, "hidden": 16},
        "objective": {"name": "beta_vae", "beta": 2.0},
        "steps": 40,
        "batch": 16,
        "optimizer": {"name": "adam", "lr": 1.0e-3},
    }
    return RunConfig.from_dict({**settings, **changes})


def weights(run: RunDirectory) -> dict[str, np.ndarray]:
    return run.read_tensors(MODEL)


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


RESUMED = {
    "one phase": {},
    "linear rate": {"rate": {"name": "linear", "warmup": 4}},
    "plateau rate": {"rate": {"name": "plateau", "patience": 0, "threshold": 0.5}},
    "critic": {"objective": {"name": "factor_vae", "gamma": 2.0}},
    "dropout": {
        "model": {"name": "osnabrueck", "dropout": 0.3},
        "data": {"name": "toy", "resolution": 28},
        "steps": 12,
    },
    "two phases": {
        "phases": [{"steps": 13, "objective": "vae"}, {"steps": 27, "objective": {"name": "beta_vae", "beta": 4.0}}]
    },
    "capacity ramp": {"objective": {"name": "capacity_vae"}},
}


@pytest.mark.parametrize("case", RESUMED)
def test_a_run_stopped_and_resumed_ends_bit_for_bit_like_one_that_was_not(case: str, tmp_path: Path) -> None:
    changes = dict(RESUMED[case])
    settings = config().to_dict()
    if "phases" not in changes:
        objective, steps = changes.pop("objective", settings["phases"][0]["objective"]), changes.pop("steps", 40)
        changes["phases"] = [{"steps": steps, "objective": objective}]
    chosen = RunConfig.from_dict({**settings, **changes})
    whole = fit(chosen, tmp_path / "whole", log_every=7).folder
    for until in (5, 11, 18, None):
        parts = fit(chosen, tmp_path / "parts", until=until, log_every=7, checkpoint_seconds=0.0).folder
    assert same(weights(whole), weights(parts))
    timing = ("seconds", "images_per_second")
    logs = [[{k: v for k, v in row.items() if k not in timing} for row in run.read_log()] for run in (whole, parts)]
    assert logs[0] == logs[1]


def test_the_loss_falls(tmp_path: Path) -> None:
    log = fit(config(steps=400), tmp_path / "run", log_every=20).folder.read_log()
    assert log[-1]["loss/model"] < 0.7 * log[0]["loss/model"]


def test_a_finished_run_is_left_alone_and_says_so(tmp_path: Path) -> None:
    run = fit(config(), tmp_path / "run").folder
    before = (run / MODEL).stat().st_mtime_ns
    fit(config(), tmp_path / "run")
    assert (run / MODEL).stat().st_mtime_ns == before
    assert run.read_status()["state"] == "done"
    assert not run.has(CHECKPOINT)


def test_seeds_differ_and_repeat(tmp_path: Path) -> None:
    runs = [fit(config(seed=seed, steps=5), tmp_path / name).folder for seed, name in ((0, "a"), (0, "b"), (1, "c"))]
    assert same(weights(runs[0]), weights(runs[1]))
    assert not same(weights(runs[0]), weights(runs[2]))


def test_a_stop_request_leaves_a_resumable_run(tmp_path: Path) -> None:
    def stop(training: Training, row: object) -> None:
        if training.step == 9:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(InterruptedRunError, match="stopped after 9 of 40 steps; the same command goes on"):
        fit(config(), tmp_path / "run", callback=stop)
    run = RunDirectory(tmp_path / "run")
    assert run.read_status()["state"] == "interrupted"
    assert same(weights(fit(config(), run.path).folder), weights(fit(config(), tmp_path / "whole").folder))


def test_a_loss_that_is_not_finite_stops_with_step_and_terms_and_keeps_the_checkpoint(tmp_path: Path) -> None:
    wild = config(optimizer={"name": "sgd", "lr": 1.0e8})
    with pytest.raises(DivergedError, match=r"must stay finite; at step \d+ it was: loss/model (nan|inf).*checkpoint"):
        fit(wild, tmp_path / "run", checkpoint_seconds=0.0)
    run = RunDirectory(tmp_path / "run")
    assert run.read_status()["state"] == "failed"
    assert all(np.isfinite(value).all() for value in run.read_tensors(CHECKPOINT).values())


def test_a_folder_with_another_run_is_refused_with_the_difference(tmp_path: Path) -> None:
    fit(config(), tmp_path / "run", until=3)
    with pytest.raises(UsageError, match="holds another run; got differences in seed"):
        fit(config(seed=1), tmp_path / "run")


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"a folder of its own.*notes\.txt"):
        fit(config(), tmp_path)


def test_a_half_written_run_starts_again(tmp_path: Path) -> None:
    fit(config(), tmp_path / "run", until=3)
    (tmp_path / "run" / CHECKPOINT).unlink()
    (tmp_path / "run" / f".{MODEL}.123.partial").write_bytes(b"half")
    assert same(weights(fit(config(), tmp_path / "run").folder), weights(fit(config(), tmp_path / "whole").folder))


def test_a_run_killed_before_its_first_checkpoint_logs_no_step_twice(tmp_path: Path) -> None:
    fit(config(), tmp_path / "run", until=30, log_every=10)
    (tmp_path / "run" / CHECKPOINT).unlink()
    run = fit(config(), tmp_path / "run", log_every=10).folder
    assert [row["step"] for row in run.read_log()] == [10, 20, 30, 40]


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    run = fit(config(), tmp_path / "run", until=3).folder
    (run / CHECKPOINT).write_bytes(b"\x00" * 100)
    with pytest.raises(UsageError, match="is damaged"):
        fit(config(), tmp_path / "run")


def test_two_processes_do_not_train_one_run(tmp_path: Path) -> None:
    refusals: list[str] = []

    def second(training: Training, row: object) -> None:
        def intrude() -> None:
            try:
                fit(config(), tmp_path / "run")
            except UsageError as mistake:
                refusals.append(str(mistake))

        if training.step == 1:
            thread = threading.Thread(target=intrude)
            thread.start()
            thread.join()

    fit(config(), tmp_path / "run", callback=second)
    assert len(refusals) == 1
    assert "in use by another process" in refusals[0]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="a part of the path is a file"):
        fit(config(), tmp_path / "file" / "run")


def test_a_full_disk_is_named_and_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    run = fit(config(), tmp_path / "run", until=3).folder
    kept = (run / CHECKPOINT).read_bytes()
    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(UsageError, match="the disk is full: free some space and run the same command again"):
        fit(config(), tmp_path / "run", until=6)
    assert (run / CHECKPOINT).read_bytes() == kept
    assert not list(run.path.glob("*.partial"))


def test_phases_train_only_what_they_name(tmp_path: Path) -> None:
    phases = [{"steps": 5, "objective": "vae"}, {"steps": 5, "objective": "vae", "trains": ["decoder"]}]
    settings = {key: value for key, value in config().to_dict().items() if key != "phases"}
    both = RunConfig.from_dict({**settings, "phases": phases})
    first = fit(both, tmp_path / "run", until=5, checkpoint_seconds=0.0).folder.read_tensors(CHECKPOINT)
    last = weights(fit(both, tmp_path / "run").folder)
    moved = {name for name in last if not np.array_equal(last[name], first[f"module/{name}"])}
    assert moved
    assert all(name.startswith("model/decoder") for name in moved)


def test_trains_must_name_parameters(tmp_path: Path) -> None:
    settings = {key: value for key, value in config().to_dict().items() if key != "phases"}
    bad = RunConfig.from_dict({**settings, "phases": [{"steps": 5, "objective": "vae", "trains": ["decodr"]}]})
    with pytest.raises(UsageError, match=r"trains must name the beginning of some parameter's name; got \['decodr'\]"):
        fit(bad, tmp_path / "run")


def test_pairs_need_factors(tmp_path: Path) -> None:
    images = np.zeros((4, 1, 16, 16), np.uint8)
    np.savez(tmp_path / "plain.npz", images=images)
    settings = config(data={"name": "arrays", "path": str(tmp_path / "plain.npz")}, objective="ada_gvae")
    with pytest.raises(UsageError, match=r"pairs of images that differ in a few known factors.*without factors"):
        fit(settings, tmp_path / "run")


def test_a_run_directory_explains_itself(tmp_path: Path) -> None:
    run = fit(config(steps=5), tmp_path / "run").folder
    stored = run.read_config()
    assert stored["phases"][0]["objective"] == {"name": "beta_vae", "beta": 2.0, "reduction": "sum"} | {
        key: value
        for key, value in stored["phases"][0]["objective"].items()
        if key not in ("name", "beta", "reduction")
    }
    assert stored["optimizer"]["betas"] == [0.9, 0.999]
    status = json.loads((run / "status.json").read_text())
    assert status["versions"]["torch"] == str(torch.__version__)
    assert RunConfig.from_dict(stored).id == config(steps=5).id


def test_a_folder_whose_run_was_refused_before_its_first_step_takes_another(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="full posterior"):
        fit(config(objective="hyperprior_vae"), tmp_path / "run")
    assert fit(config(steps=3), tmp_path / "run").folder.read_status()["state"] == "done"


def test_a_folder_deleted_during_training_ends_it_and_is_not_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "run"

    def delete(training: Training, row: object) -> None:
        if training.step == 7:
            shutil.rmtree(folder)

    rule = r"the folder of a run must stay while it is trained; .*run holds no config.yaml any more; the same command"
    for log_every in (10, 100):
        with pytest.raises(UsageError, match=rule):
            fit(config(), folder, callback=delete, log_every=log_every, progress=False)
        assert not folder.exists()
    assert fit(config(), folder, progress=False).finished


def test_what_killed_processes_left_is_swept_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    fit(config(), folder, until=10, progress=False)
    checkpoint = (folder / CHECKPOINT).read_bytes()
    (folder / ".tmp0aZ9bY").write_bytes(b"half")
    (folder / f".{CHECKPOINT}.999999999.partial").write_bytes(b"half")
    fit(config(), folder, progress=False)
    (folder / CHECKPOINT).write_bytes(checkpoint)  # killed between writing the model and removing it
    fit(config(), folder, progress=False)
    assert sorted(file.name for file in folder.iterdir() if file.name != ".lock") == [
        "config.yaml",
        "log.csv",
        "model.safetensors",
        "status.json",
    ]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("file/run", "cannot write .*: a part of the path"),
        ("x" * 300, "fit: folder must be a path whose names have at most 255 bytes each; got "),
        ("/proc/none/run", "cannot write .*: its folder is not"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_in_one_message(place: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=message):
        fit(config(), tmp_path / place, progress=False)


def test_a_disk_that_fills_up_at_a_checkpoint_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from safetensors import SafetensorError, numpy

    def full(*_: object, **__: object) -> None:
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(numpy, "save_file", full)
    with pytest.raises(UsageError, match=r"cannot write .*checkpoint.safetensors: the disk is full: free some space"):
        fit(config(), tmp_path / "run", progress=False)
    assert [file.name for file in (tmp_path / "run").iterdir() if "partial" in file.name] == []
