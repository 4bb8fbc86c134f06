"""The base: refusals before the first step, terms of layered models, an objective from outside the package."""

import sys
from pathlib import Path

import pytest
import torch

from tests.objectives._given import given, given_batch, no_images
from tests.objectives._loop import TwoLayers, model_of, objective_of
from unbraid.core import Spec, build
from unbraid.objectives import Objective, forward_pass

MINE = '''
from unbraid.objectives import Losses, Objective, forward_pass, schedule


class Squared(Objective):
    """VAE with the square of its KL."""

    def __init__(self, widths, *, weight=1.0):
        self.latents, self.weight = sum(widths), schedule(weight, "weight")

    def forward(self, model, batch, step):
        passed = forward_pass(model, batch.images, batch)
        return passed.losses(passed.reconstruction + self.weight(step) * passed.kl.square())
'''


def test_a_full_covariance_objective_refuses_a_diagonal_model() -> None:
    with pytest.raises(
        ValueError, match=r"HyperpriorVAE needs a model with a full posterior.*set model.posterior=full"
    ):
        objective_of("hyperprior_vae").check(model_of("vae"))
    objective_of("hyperprior_vae").check(model_of("hyperprior_vae"))


@pytest.mark.parametrize("name", ["beta_tcvae", "ada_gvae", "ada_mlvae"])
def test_objectives_of_single_latents_refuse_a_full_covariance(name: str) -> None:
    with pytest.raises(ValueError, match="needs a model with a diagonal posterior covariance; got posterior=full"):
        objective_of(name).check(model_of("hyperprior_vae"))


@pytest.mark.parametrize("name", ["vae", "capacity_vae", "factor_vae", "dip_vae", "info_vae"])
def test_the_others_take_either(name: str) -> None:
    model = model_of("hyperprior_vae")
    objective = objective_of(name, model.widths)
    objective.check(model)
    images = torch.rand(8, 1, 16, 16)
    batch = given_batch(images, partner=images, permutation=torch.zeros(8, 4, dtype=torch.int64))
    assert torch.isfinite(objective.forward(model, batch, 0).of["model"])


def test_a_layered_model_logs_each_layer() -> None:
    terms = objective_of("vae").forward(TwoLayers(), given_batch(torch.rand(5, 1, 16, 16)), 0).terms
    assert {"kl/0", "kl/1", "reconstruction/0", "reconstruction/1"} <= set(terms)
    assert float(terms["kl/0"] + terms["kl/1"]) == pytest.approx(float(terms["kl"]), rel=1e-6)
    total = float(terms["reconstruction/0"] + terms["reconstruction/1"])
    assert total == pytest.approx(float(terms["reconstruction"]), rel=1e-6)


@pytest.mark.parametrize("name", ["beta_tcvae", "factor_vae", "dip_vae", "info_vae", "ada_gvae"])
def test_flat_objectives_train_layered_models(name: str) -> None:
    model = TwoLayers()
    images = torch.rand(6, 1, 16, 16)
    permutation = torch.zeros(6, 10, dtype=torch.int64)
    objective = objective_of(name, model.widths)
    objective.check(model)
    batch = given_batch(images, 72, images.flip(0), permutation=permutation)
    assert torch.isfinite(objective.forward(model, batch, 0).of["model"])


def test_the_divergence_is_that_of_the_posterior() -> None:
    """KL(N(1, e) || N(0, 1)) = (1 + e - 1 - 1) / 2 per latent."""
    model = given(torch.ones(3, 2, dtype=torch.float64), torch.ones(3, 2, dtype=torch.float64), error=0.0)
    passed = forward_pass(model, no_images(3), given_batch(no_images(3)))
    assert float(passed.kl) == pytest.approx(2 * (torch.e - 1) / 2)


def test_an_objective_from_outside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_objectives.py").write_text(MINE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    mine: Objective = build("objectives", Spec("my_objectives:Squared", {"weight": 3.0}), widths=(4,))
    model = model_of("vae")
    mine.check(model)
    losses = mine.forward(model, given_batch(torch.rand(4, 1, 16, 16)), 0)
    expected = losses.terms["reconstruction"] + 3.0 * losses.terms["kl"].square()
    assert float(losses.of["model"].detach()) == pytest.approx(float(expected))
    assert mine.conventions(model) == ""
    with pytest.raises(ValueError, match="unknown option 'wieght'; it takes weight"):
        build("objectives", Spec("my_objectives:Squared", {"wieght": 3.0}), widths=(4,))
    sys.modules.pop("my_objectives")
