"""A checkpoint from anywhere: it is put into a run only where it is one of that run."""

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.hostile.cases import lacks
from unbraid.core import UsageError
from unbraid.store import CHECKPOINT, MODEL, RunDirectory
from unbraid.training import RunConfig, fit, open_run

STEPS, DONE = 30, 10
Arrays = dict[str, np.ndarray]
SETTINGS: dict[str, Any] = {
    "data": "toy",
    "model": {"name": "mlp", "latents": 2, "hidden": 8},
    "objective": "vae",
    "steps": STEPS,
    "batch": 8,
    "rate": {"name": "plateau", "patience": 3},
}
CONFIG = RunConfig.from_dict(SETTINGS)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Arrays, dict[str, Any]]:
    """Arrays and note of a whole checkpoint."""
    run = fit(CONFIG, tmp_path_factory.mktemp("begun"), until=DONE, progress=False).folder
    return run.read_tensors(CHECKPOINT), run.read_note(CHECKPOINT)


@pytest.fixture
def folder(begun: tuple[Arrays, dict[str, Any]], tmp_path: Path) -> RunDirectory:
    run = RunDirectory(tmp_path / "run")
    run.write_config(CONFIG.to_dict())
    run.write_tensors(CHECKPOINT, *begun)
    return run


def refused(folder: RunDirectory, message: str) -> None:
    """The run is refused, and its checkpoint stays as it was."""
    before = (folder / CHECKPOINT).read_bytes()
    with pytest.raises(UsageError, match=message):
        fit(CONFIG, folder.path, progress=False)
    assert (folder / CHECKPOINT).read_bytes() == before
    assert not folder.has(MODEL)


def test_a_whole_one_goes_on(folder: RunDirectory) -> None:
    assert fit(CONFIG, folder.path, progress=False).folder.has(MODEL)


WEIGHT, MOMENT = "module/model/head.weight", "optimizer/model/0/exp_avg"


def without(name: str) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.__delitem__(name)


def put(name: str, change: Callable[[np.ndarray], np.ndarray], to: str = "") -> Callable[[Arrays], None]:
    return lambda arrays: arrays.__setitem__(to or name, change(arrays[name]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            put(MOMENT, lambda a: a[:1, :1]),
            r"must hold the moments of .* for parameter 0; got exp_avg float32 \[1, 1\] in",
        ),
        (
            put(MOMENT, lambda a: a[:4]),
            r"parameter 0; got exp_avg float32 \[4, 256\] in place of float32 \[8, 256\]; re",
        ),
        (put(MOMENT, lambda a: a.astype(np.float64)), r"got exp_avg float64 \[8, 256\] in place of float32"),
        (put(MOMENT, lambda a: a * np.nan), "got NaN or infinity in exp_avg of parameter 0"),
        (put(MOMENT, lambda a: a, "optimizer/model/0/speed"), "got speed, which it has not"),
        (put(MOMENT, lambda a: a, "optimizer/model/99/exp_avg"), "got moments of parameter 99 of 12"),
        (
            put(MOMENT, lambda a: a, "optimizer/model/first/exp_avg"),
            "named by the number of a parameter; got optimizer",
        ),
        (
            put(MOMENT, lambda a: a, "optimizer/critic/0/exp_avg"),
            "must be the checkpoint of this run; got optimizer/cr",
        ),
        (put(MOMENT, lambda a: a, "further"), "must be the checkpoint of this run; got further, which it has not"),
        (without(MOMENT), "for parameter 0; got no exp_avg"),
        (
            lambda arrays: [arrays.pop(name) for name in list(arrays) if name.startswith("optimizer")] and None,
            r"must hold the moments of this run's optimiser; got none; restore it, or delete it to train from",
        ),
        (
            put(WEIGHT, lambda a: a.T.copy()),
            r"weights of this configuration; got head.weight float32 \[8, 4\] in place",
        ),
        (put(WEIGHT, lambda a: a.astype(np.float64)), r"got head.weight float64 \[4, 8\] in place of float32 \[4, 8\]"),
        (put(WEIGHT, lambda a: a, "module/model/more"), "got more, which it has not"),
        (without(WEIGHT), "got no head.weight; restore it, or train again"),
    ],
)
def test_arrays_of_another_run_are_refused_before_a_kernel_reads_them(
    change: Callable[[Arrays], None], message: str, folder: RunDirectory
) -> None:
    arrays, note = folder.read_tensors(CHECKPOINT), folder.read_note(CHECKPOINT)
    change(arrays)
    folder.write_tensors(CHECKPOINT, arrays, note)
    refused(folder, message)


PLACES = {
    "position": r"must say where this run of 30 steps stands; got .*; restore it, or delete it to train from the first",
    "rate": "must hold the state of this run's learning rate; got .*; restore it, or delete it to train from the first",
}


@pytest.mark.parametrize(
    ("place", "path", "values"),
    [
        ("position", ["progress"], [None, [], {}, "10"]),
        ("position", ["progress", "step"], ["10", -1, 999, 10.0, None, True, float("nan")]),
        ("position", ["progress", "epoch_steps"], ["1", -1, 999]),
        ("position", ["progress", "epoch_loss"], ["1", None, float("inf"), []]),
        ("position", ["progress", "seconds"], ["1", float("nan")]),
        ("position", ["progress", "since_log"], [None, [1.0], {"kl": 1.0}, {"kl": ["1"]}, {"kl": [None]}]),
        ("position", ["progress", "more"], [1]),
        ("rate", ["rate"], [None, [], "fast", {"now": "1", "best": 1.0, "bad": 0}, {"now": 1.0}, {"lr": 1.0}]),
        ("rate", ["rate", "lr"], ["1", -1.0, None, float("nan"), float("inf")]),
        ("rate", ["rate", "scheduler"], [None, [], {"step": 3}, {"optimizer": 1.0}]),
        ("rate", ["rate", "scheduler", "num_bad_epochs"], ["1", True, float("nan"), []]),
        ("rate", ["rate", "scheduler", "min_lrs"], [[], ["1"], [0.0, 0.0], "0"]),
        ("rate", ["rate", "scheduler", "mode"], [1, []]),
    ],
)
def test_notes_that_no_run_of_this_kind_writes_are_refused(
    place: str, path: list[str], values: list[Any], folder: RunDirectory
) -> None:
    arrays, whole = folder.read_tensors(CHECKPOINT), folder.read_note(CHECKPOINT)
    for value in values:
        note = copy.deepcopy(whole)
        inside = note
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = value
        folder.write_tensors(CHECKPOINT, arrays, note)
        refused(folder, PLACES[place])


def test_a_note_that_is_no_mapping_is_refused(folder: RunDirectory) -> None:
    from safetensors.numpy import save_file

    for note in ("[1]", "{", "3"):
        save_file(folder.read_tensors(CHECKPOINT), folder / CHECKPOINT, metadata={"note": note})
        refused(folder, r"(is damaged \(|the note of .* must be a mapping; got .*; delete it and ask again)")


def test_weights_of_another_model_are_not_opened(tmp_path: Path) -> None:
    run = fit(CONFIG, tmp_path / "run", progress=False).folder
    weights = run.read_tensors(MODEL)
    weights["model/head.weight"] = weights["model/head.weight"].astype(np.float64)
    run.write_tensors(MODEL, weights)
    with pytest.raises(
        UsageError, match=r"model.safetensors must hold the weights of .*; got head.weight float64 \[4, 8\]"
    ):
        _ = open_run(run.path).model


def test_every_optimiser_says_what_it_keeps(tmp_path: Path) -> None:
    """Also one without moments, which has none to hand on."""
    for optimizer in ("adam", "adamax", {"name": "sgd", "momentum": 0.9}, "sgd", "tests.training.outside:rmsprop"):
        config = RunConfig.from_dict({**SETTINGS, "optimizer": optimizer, "steps": 6, "rate": "constant"})
        place = tmp_path / config.folder_name
        fit(config, place, until=3, progress=False)
        assert fit(config, place, progress=False).folder.has(MODEL)


def mutated(rng: random.Random, arrays: Arrays, note: dict[str, Any]) -> tuple[Arrays, dict[str, Any]]:
    """A checkpoint with one or two things changed."""
    arrays, note = dict(arrays), copy.deepcopy(note)
    strange = [None, True, -1, 10**30, 1.5, float("nan"), "x", [], {}, [1.0], {"lr": 1}]
    for _ in range(rng.randint(1, 2)):
        name = rng.choice(sorted(arrays))
        array = arrays[name]
        kind = rng.randrange(7)
        if kind == 0:
            del arrays[name]
        elif kind == 1:
            arrays[name] = rng.choice([array[..., :1], array.ravel(), array[None], np.zeros((0,), array.dtype)])
        elif kind == 2:
            arrays[name] = array.astype(rng.choice([np.float64, np.int8, np.int64, np.float16, np.uint8, bool]))
        elif kind == 3:
            arrays[rng.choice(sorted(arrays))] = array
        elif kind == 4:
            arrays[rng.choice(["", "module/", "optimizer/model/", "optimizer/model/0/", "module/model/"]) + "x"] = array
        else:
            inside = rng.choice([note, note["progress"], note["rate"]])
            if isinstance(inside, dict) and inside:
                inside[rng.choice([*inside, "more"])] = rng.choice(strange)
                if not all(isinstance(note.get(key), dict) for key in ("progress", "rate")):
                    break
    return arrays, note


def goes_on(folder: RunDirectory) -> bool:
    """Whether training goes on by a step from a changed checkpoint; one that is refused stays as it was."""
    before, message = (folder / CHECKPOINT).read_bytes(), ""
    try:
        fit(CONFIG, folder.path, until=DONE + 1, progress=False)
    except UsageError as error:
        message = str(error)
    if message:
        assert (folder / CHECKPOINT).read_bytes() == before
        assert not lacks(message), message
    else:
        assert folder.read_status()["step"] == DONE + 1
        assert (folder / CHECKPOINT).read_bytes() != before
    return not message


def fuzz(rounds: int, seed: int, folder: RunDirectory) -> tuple[int, int]:
    """How many changed checkpoints were gone on with, and how many refused in words."""
    rng, whole = random.Random(seed), (folder.read_tensors(CHECKPOINT), folder.read_note(CHECKPOINT))
    went_on, stopped = 0, 0
    for _ in range(rounds):
        folder.write_tensors(CHECKPOINT, *mutated(rng, *whole))
        if goes_on(folder):
            went_on += 1
        else:
            stopped += 1
    return went_on, stopped


def test_changed_checkpoints_go_on_or_are_refused(folder: RunDirectory) -> None:
    assert fuzz(15, 0, folder)[1] > 5


@pytest.mark.slow
def test_many_changed_checkpoints_go_on_or_are_refused(folder: RunDirectory) -> None:
    torch.set_num_threads(1)
    went_on, stopped = fuzz(60, 1, folder)
    assert went_on + stopped == 60
    assert stopped > 30


@pytest.mark.slow
def test_changed_bytes_of_a_checkpoint_go_on_or_are_refused(folder: RunDirectory) -> None:
    rng, whole = random.Random(0), (folder / CHECKPOINT).read_bytes()
    head = 8 + int.from_bytes(whole[:8], "little")
    stopped = 0
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            content[rng.randrange(head)] = rng.randrange(256)
        (folder / CHECKPOINT).write_bytes(content)
        stopped += not goes_on(folder)
    assert stopped > 30
