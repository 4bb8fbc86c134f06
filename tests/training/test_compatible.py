"""Settings that are right one by one and mean nothing together: refused before step 1, and nothing is left behind."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from unbraid.core import UsageError
from unbraid.models import Likelihood
from unbraid.training import DivergedError, RunConfig, fit

SETTINGS: dict[str, Any] = {
    "data": "toy",
    "model": {"name": "mlp", "latents": 2, "hidden": 8},
    "objective": "vae",
    "steps": 3,
    "batch": 8,
}
STANDARD = {"name": "toy", "standardize": True}
LATE = {"start": 0.0, "stop": 4.0, "steps": 10, "delay": 3}


def wide(likelihood: str) -> dict[str, Any]:
    return {"name": "mlp", "latents": 2, "hidden": 8, "likelihood": likelihood}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": STANDARD}, r"the likelihood bernoulli is of images in \[0, 1\]; got standardised ones, from -.* to "),
        (
            {"data": STANDARD, "model": wide("gaussian_255")},
            r"the likelihood gaussian_255 is of images.*set model\.like",
        ),
        (
            {"batch": 1, "objective": "beta_tcvae"},
            r"beta_tcvae compares the images.*at least 2 of them; got batch 1; s",
        ),
        ({"batch": 1, "objective": "factor_vae"}, r"factor_vae compares the images of a batch"),
        ({"batch": 1, "objective": "dip_vae"}, r"dip_vae compares the images of a batch"),
        ({"batch": 1, "objective": {"name": "info_vae", "biased": False}}, r"info_vae compares the images of a batch"),
        (
            {"objective": "factor_vae", "model": {"name": "mlp", "latents": 1}},
            r"factor_vae compares latents.*got 1; rai",
        ),
        (
            {"objective": {"name": "beta_vae", "beta": 0.0, "capacity": 5.0}},
            r"beta_vae\.capacity is what the KL is held to by its weight; got weight 0; raise it, or leave",
        ),
        (
            {"objective": {"name": "beta_vae", "beta": LATE}},
            r"beta_vae\.beta must begin to move within the 3 steps of its phase; got delay 3; shorten the delay",
        ),
        (
            {"objective": {"name": "beta_vae", "capacity": LATE}},
            r"beta_vae\.capacity must begin to move within the 3 steps",
        ),
        (
            {"rate": {"name": "plateau", "min_lr": 1e-3}},
            r"plateau\.min_lr must be at most the optimiser's rate, 0\.0005, which would rise to it; got 0\.001; lower",
        ),
    ],
)
def test_pairs_that_mean_nothing_are_refused(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        fit(RunConfig.from_dict({**SETTINGS, **changes}), tmp_path / "new" / "run", progress=False)
    assert not (tmp_path / "new").exists()


def test_a_later_phase_is_checked_before_the_first_step(tmp_path: Path) -> None:
    phases = [{"steps": 1, "objective": "vae"}, {"steps": 1, "objective": "vae", "trains": ["nothing"]}]
    settings = {key: value for key, value in SETTINGS.items() if key not in ("objective", "steps")}
    with pytest.raises(UsageError, match=r"trains must name the beginning of some parameter's name; got \['nothing'\]"):
        fit(RunConfig.from_dict({**settings, "phases": phases}), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_flat_channels_cannot_be_standardised(tmp_path: Path) -> None:
    np.savez(tmp_path / "flat.npz", images=np.full((16, 8, 8), 7, np.uint8), factors=np.arange(16)[:, None] % 2)
    data = {"name": "arrays", "path": str(tmp_path / "flat.npz"), "standardize": True}
    with pytest.raises(
        UsageError, match=r"standardised must vary within each image.*deviation 0 in channel \[0\]; lea"
    ):
        fit(RunConfig.from_dict({**SETTINGS, "data": data, "model": wide("mse")}), tmp_path / "run", progress=False)


def test_a_box_as_wide_as_the_image_is_refused(tmp_path: Path) -> None:
    blurred = {"name": "mlp", "latents": 2, "hidden": 8, "likelihood": {"name": "box_blur", "radius": 15}}
    with pytest.raises(UsageError, match=r"radius of box_blur must be at most 14 for images of 16x16; got 15; lower"):
        fit(RunConfig.from_dict({**SETTINGS, "model": blurred}), tmp_path / "run", progress=False)


def test_what_goes_together_is_left_alone(tmp_path: Path) -> None:
    for number, changes in enumerate(
        [{"data": STANDARD, "model": wide("mse")}, {"batch": 1}, {"batch": 1, "objective": "info_vae"}]
    ):
        fit(RunConfig.from_dict({**SETTINGS, **changes}), tmp_path / str(number), progress=False)


class Fleeing(Likelihood):
    """A reconstruction error that falls without end."""

    def __init__(self, output: torch.Tensor) -> None:
        self.mean = output

    def error(self, x: torch.Tensor) -> torch.Tensor:
        return -(self.mean.flatten(1).exp()).sum(1) - 1e5


def test_a_loss_that_runs_to_minus_infinity_has_diverged(tmp_path: Path) -> None:
    model = wide("tests.training.test_compatible:Fleeing")
    with pytest.raises(
        DivergedError, match=r"must stay above -25,600, or it runs to minus infinity; at step 1 it was: loss/model -100"
    ):
        fit(RunConfig.from_dict({**SETTINGS, "model": model}), tmp_path / "run", progress=False)
