"""The β-VAE: its weight, its limit, its ramp."""

import pytest
import torch

from tests.objectives._given import given, given_batch, no_images
from tests.objectives._loop import model_of
from unbraid.objectives import Batch, Objective
from unbraid.objectives.beta_vae import BetaVAE
from unbraid.objectives.vae import VAE


def loss(objective: Objective, step: int = 0) -> float:
    model = given(2 * torch.ones(3, 2, dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64), error=7.0)
    return float(objective.forward(model, given_batch(no_images(3)), step).of["model"])


def test_beta_weights_the_kl_and_may_ramp() -> None:
    assert loss(BetaVAE(beta=3.0)) == pytest.approx(7.0 + 3 * 4.0)
    ramp = BetaVAE(beta={"start": 0, "stop": 4, "steps": 10})
    assert [loss(ramp, step) for step in (0, 5, 10, 20)] == pytest.approx([7.0, 15.0, 23.0, 23.0])


def test_beta_one_is_the_vae_with_its_gradients() -> None:
    torch.manual_seed(0)
    model = model_of("vae").double()
    images = torch.rand(6, 1, 16, 16, dtype=torch.float64)
    gradients = []
    for objective in (VAE(), BetaVAE(beta=1.0)):
        batch = Batch(images, torch.Generator().manual_seed(3), 6)
        gradients.append(torch.autograd.grad(objective.forward(model, batch, 0).of["model"], list(model.parameters())))
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))
