"""The hyperprior VAE: its isotropic limit, the collapsed bound, what is refused."""

import pytest
import torch

from tests.objectives._given import GivenModel, given_batch, no_images
from unbraid.models import FullGaussian
from unbraid.objectives.hyperprior_vae import HyperpriorVAE
from unbraid.objectives.vae import VAE

F64 = torch.float64


def model(images: int = 64) -> GivenModel:
    generator = torch.Generator().manual_seed(0)
    mean = torch.randn(images, 3, dtype=F64, generator=generator)
    return GivenModel([FullGaussian(mean, torch.randn(images, 3, 3, dtype=F64, generator=generator))])


def loss(objective: HyperpriorVAE | VAE, seed: int = 0) -> float:
    noises = list(torch.randn(2, 64, 3, dtype=F64, generator=torch.Generator().manual_seed(seed)))
    return float(objective.forward(model(), given_batch(no_images(64), noises=noises), 0).of["model"])


def test_a_strong_hyperprior_is_the_isotropic_vae() -> None:
    assert loss(HyperpriorVAE((3,), nu=1e7)) == pytest.approx(loss(VAE()), abs=1e-3)


def test_the_collapsed_bound_is_not_looser() -> None:
    """Mean over draws: Sigma integrated out against a variational posterior of Sigma."""
    means = [
        sum(loss(HyperpriorVAE((3,), nu=6.0, collapsed=collapsed), seed) for seed in range(10)) / 10
        for collapsed in (False, True)
    ]
    assert means[1] < means[0]


def test_terms_add_up() -> None:
    terms = HyperpriorVAE((3,)).forward(model(), given_batch(no_images(64)), 0).terms
    assert float(terms["hyperprior"]) == pytest.approx(float(terms["kl_code"] + terms["kl_covariance"]))


def test_degrees_of_freedom_follow_the_latents_unless_given() -> None:
    assert HyperpriorVAE((10,)).nu == 33.0
    assert HyperpriorVAE((40,)).nu == 93.0
    with pytest.raises(ValueError, match=r"nu must be more than the latents \+ 1 \(10 \+ 1\)"):
        HyperpriorVAE((10,), nu=11.0)
