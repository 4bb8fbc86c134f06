"""The VAE: the evidence lower bound in both reductions."""

import pytest
import torch

from tests.objectives._given import given, given_batch, no_images
from unbraid.objectives.vae import VAE


def test_the_loss_is_error_plus_kl() -> None:
    model = given(2 * torch.ones(3, 2, dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64), error=7.0)
    losses = VAE().forward(model, given_batch(no_images(3)), 0)
    assert float(losses.of["model"]) == pytest.approx(7.0 + 2 * 2.0)
    assert float(losses.terms["kl"]) == pytest.approx(4.0)


def test_the_mean_is_the_bound_over_pixels() -> None:
    model = given(2 * torch.ones(3, 2, dtype=torch.float64), torch.zeros(3, 2, dtype=torch.float64), error=7.0)
    model.image_shape = (1, 2, 5)
    objective = VAE(reduction="mean")
    assert float(objective.forward(model, given_batch(no_images(3)), 0).of["model"]) == pytest.approx(11.0 / 10)
    assert objective.conventions(model) == "beta 1 (sum) = 0.2 (mean); 2 latents, 10 pixels and channels"


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(ValueError, match="reduction must be one of: sum, mean"):
        VAE(reduction="total")
