"""Settings that nobody means, and sizes that cannot be: refused before the first step and before any allocation."""

import time
from typing import Any

import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.training import RunConfig, fit

SETTINGS: dict[str, Any] = {
    "data": "toy",
    "model": {"name": "mlp", "latents": 2, "hidden": 8},
    "objective": "vae",
    "steps": 1,
    "batch": 8,
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": {"name": "mlp", "latents": None}}, "mlp.latents must be a whole number like 10; got None"),
        ({"model": {"name": "mlp", "latents": True}}, "mlp.latents must be a whole number like 10; got True"),
        ({"model": {"name": "towers", "latents": [1.5, 1.5]}}, "towers.latents must be a list, each item a whole numb"),
        ({"model": {"name": "towers", "latents": [-1]}}, "towers.latents must be a list, each item at least 1"),
        ({"rate": {"name": "linear", "warmup": float("nan")}}, "linear.warmup must be a whole number like 0; got nan"),
        ({"optimizer": {"name": "adam", "lr": -1.0}}, "adam.lr must be at least 0; got -1.0"),
        ({"optimizer": {"name": "adam", "lr": float("inf")}}, "adam.lr must be a number like 0.0005; got inf"),
        ({"optimizer": {"name": "adam", "betas": [0.9, "x"]}}, "adam.betas must be a list, each item a number"),
        ({"objective": {"name": "capacity_vae", "capacity": None}}, "capacity_vae.capacity must be a number or a mapp"),
        ({"objective": {"name": "beta_vae", "beta": "many"}}, "beta_vae.beta must be a number like 4.0; got 'many'"),
        ({"start": 5}, "start must be one of: paper, mean, small; got 5"),
        ({"metrics": 5}, "metrics must be a list of names; got 5"),
        ({"seed": -1}, "seed must be a whole number of at least 0; got -1"),
        ({5: 1}, "unknown setting '5'"),
        ({"data": {"name": "toy", 1: 2}}, "toy: unknown option '1'"),
        ({"data": {"name": "toy", "resolution": 10**5}}, "toy.resolution must be at least 1 and at most 8,192"),
        ({"data": {"name": "toy", "every": {"x": None}}}, "toy.every must be a mapping to a whole number or null"),
    ],
)
def test_values_that_do_not_belong_are_refused(changes: dict[Any, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RunConfig.from_dict({**SETTINGS, **changes})


@pytest.mark.parametrize("phases", [[5], "vae", {"steps": 1}, [{"steps": 1, "objective": "vae", "trains": "decoder"}]])
def test_phases_of_another_form_are_refused(phases: Any) -> None:
    settings = {key: value for key, value in SETTINGS.items() if key not in ("objective", "steps")}
    with pytest.raises(UsageError, match=r"phase|trains"):
        RunConfig.from_dict({**settings, "phases": phases})


def test_unknown_metrics_are_refused_before_training(tmp_path: Any) -> None:
    with pytest.raises(UsageError, match=r"metric must be one of"):
        fit(RunConfig.from_dict({**SETTINGS, "metrics": ["nope"]}), tmp_path / "run", progress=False)
    assert not (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"batch": 10**12},
            r"a batch of 1,000,000,000,000 images 1x16x16 must fit into memory .* got about .* GB; lower",
        ),
        ({"model": {"name": "mlp", "latents": 10**12}}, "mlp.latents must be at least 1 and at most 100,000"),
        ({"model": {"name": "mlp", "depth": 10**8}}, "mlp.depth must be at least 1 and at most 1,000"),
        (
            {"model": {"name": "mlp", "hidden": 10**6}},
            r"a model of [\d,]+ weights and its moments must fit into memory",
        ),
    ],
)
def test_sizes_that_cannot_be_are_refused_at_once(changes: dict[str, Any], message: str, tmp_path: Any) -> None:
    began = time.process_time()
    with pytest.raises(UsageError, match=message):
        fit(RunConfig.from_dict({**SETTINGS, **changes}), tmp_path / "run", progress=False)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"log_every": 0}, "fit: log_every must be at least 1"),
        ({"until": -1}, "fit: until must be at least 0"),
        ({"checkpoint_seconds": float("nan")}, "fit: checkpoint_seconds must be a number"),
        ({"device": "abacus"}, r"device must be one of this machine; got 'abacus' \(.*\); take cpu"),
    ],
)
def test_public_functions_check_what_they_are_given(options: dict[str, Any], message: str, tmp_path: Any) -> None:
    with pytest.raises(UsageError, match=message):
        fit(RunConfig.from_dict(SETTINGS), tmp_path / "run", progress=False, **options)


def test_every_takes_whole_numbers() -> None:
    with pytest.raises(UsageError, match=r"toy.every must be a mapping to"):
        load_dataset("toy", every={"x": None})
