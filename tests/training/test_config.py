"""Configurations: what they accept, what they refuse and in which words."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.training import RunConfig, fit, preset, presets

GOOD: dict[str, Any] = {"data": "toy", "model": "mlp", "objective": "beta_vae", "steps": 10}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "mpl"}, "got 'mpl'; Did you mean 'mlp'"),
        ({"data": "toys"}, "Did you mean 'toy'"),
        ({"objective": {"name": "beta_vae", "betta": 4}}, "unknown option 'betta'.*Did you mean 'beta'"),
        ({"objective": {"name": "beta_vae", "beta": "1e-3"}}, r"reads '1e-3' as text; write 1\.0e-3"),
        ({"objective": {"name": "beta_vae", "beta": "four"}}, "four"),
        ({"steps": -5}, "steps must be a whole number of at least 1; got -5"),
        ({"steps": 2.5}, "steps must be a whole number"),
        ({"batch": 0}, "batch must be a whole number of at least 1; got 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"optimiser": "adam"}, "unknown setting 'optimiser'.*Did you mean 'optimizer'"),
        ({"optimizer": "adamm"}, "optimizer must be one of: adam, adamax, sgd"),
        ({"optimizer": {"name": "adam", "lr": "1e-3"}}, "write 1.0e-3"),
        ({"rate": "liner"}, "Did you mean 'linear'"),
        ({"start": "big"}, "start must be one of: paper, mean, small"),
        ({"phases": [{"steps": 3, "objective": "vae"}]}, "either phases or objective and steps"),
        ({"data": {"resolution": 32}}, "a run needs 'data'; got its options alone"),
    ],
)
def test_bad_settings_are_refused_with_the_rule(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        RunConfig.from_dict({**GOOD, **changes})


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("model", {"name": "mlp", "posterior": "ful"}),
        ("model", {"name": "spatial_broadcast", "form": "waters"}),
        ("objective", {"name": "beta_vae", "reduction": "men"}),
        ("objective", {"name": "beta_tcvae", "estimator": "msw"}),
        ("objective", {"name": "beta_tcvae", "form": "kl"}),
        ("objective", {"name": "dip_vae", "type": "III"}),
        ("objective", {"name": "info_vae", "kernel": "rbff"}),
        ("objective", {"name": "ada_gvae", "distance": "forwards"}),
        ("objective", {"name": "layerwise", "l2_form": "square"}),
    ],
)
def test_a_word_that_is_no_choice_is_refused_by_the_signature(entry: str, wrong: dict[str, str]) -> None:
    option, word = list(wrong.items())[1]
    with pytest.raises(UsageError, match=rf"{wrong['name']}\.{option} must be one of: .*got '{word}'"):
        RunConfig.from_dict({**GOOD, entry: wrong})


def test_phases_are_found_by_the_step() -> None:
    phases = [{"steps": steps, "objective": "vae"} for steps in (2, 3)]
    config = RunConfig.from_dict({"data": "toy", "model": "mlp", "phases": phases})
    assert [config.phase_at(step) for step in (0, 1, 2, 4, 5)] == [(0, 0), (0, 0), (1, 2), (1, 2), (1, 2)]


@pytest.mark.parametrize("missing", GOOD)
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(UsageError, match=f"a run needs '{missing}'"):
        RunConfig.from_dict({key: value for key, value in GOOD.items() if key != missing})


def test_defaults_written_out_are_the_same_run() -> None:
    short = RunConfig.from_dict(GOOD)
    assert RunConfig.from_dict(short.to_dict()) == short
    assert RunConfig.from_dict(short.to_dict()).id == short.id


def test_metrics_are_not_part_of_the_identity_and_everything_else_is() -> None:
    one = RunConfig.from_dict(GOOD)
    assert RunConfig.from_dict({**GOOD, "metrics": ["mig"]}).id == one.id
    for change in ({"seed": 1}, {"batch": 32}, {"steps": 11}, {"start": "small"}, {"rate": "linear"}):
        assert RunConfig.from_dict({**GOOD, **change}).id != one.id


@pytest.mark.parametrize("name", sorted(presets()))
def test_each_preset_is_a_complete_run(name: str) -> None:
    assert RunConfig.from_dict(preset(name)).steps > 0
    assert len(presets()[name]) > 20


def test_unknown_preset() -> None:
    with pytest.raises(UsageError, match="preset must be one of"):
        preset("pockett")


def test_the_two_phase_schedule_of_the_preset_trains(tmp_path: Path) -> None:
    settings = preset("tartu_two_phase")
    settings["data"] |= {"azimuth": "zero", "rows": 500, "resolution": 32}
    settings["model"] |= {"latents": [20, 2], "width": 0.02}
    for phase in settings["phases"]:
        phase["steps"] = 2
    rows = fit(RunConfig.from_dict({**settings, "batch": 8}), tmp_path / "run", log_every=1).folder.read_log()
    held = [row["loss/model"] - row["reconstruction/0"] - 0.8 * row["reconstruction/1"] for row in rows]
    priced = [10 * abs(row["kl/1"] - 25 * done / 100_000) for row, done in zip(rows[:2], (0, 1), strict=True)]
    np.testing.assert_allclose(held[:2], priced, rtol=1e-3)  # nothing on layer 1, a rising capacity on layer 2
    priced = [0.5 * row["kl/0"] + 10 * abs(row["kl/1"] - 25) for row in rows[2:]]
    np.testing.assert_allclose(held[2:], priced, rtol=1e-3)
