"""Weak pairs: which latents are shared, what they share, limits of both entries."""

import math

import pytest
import torch

from tests.objectives._given import given, given_batch, no_images
from unbraid.models import DiagonalGaussian
from unbraid.objectives import Objective
from unbraid.objectives._pairs import Sharing, arithmetic_mean, precision_mean, shared_latents
from unbraid.objectives.ada_gvae import AdaGVAE
from unbraid.objectives.ada_mlvae import AdaMLVAE
from unbraid.objectives.beta_vae import BetaVAE

F64 = torch.float64
ENTRIES = (AdaGVAE, AdaMLVAE)


def test_latents_nearer_than_half_way_are_shared() -> None:
    distance = torch.tensor([[0.0, 1.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0], [0.0, 2.0, 4.0, 0.0]])
    assert shared_latents(distance).tolist() == [
        [True, True, False, False],
        [False, False, False, False],  # all equal: nothing is shared
        [True, False, False, True],  # half-way itself is not
    ]


def test_averages_by_hand() -> None:
    one, four = torch.zeros(1, dtype=F64), torch.tensor([math.log(4.0)], dtype=F64)
    mean, logvar = arithmetic_mean(one, one, 2 * torch.ones(1, dtype=F64), four)
    assert (float(mean), float(logvar.exp())) == pytest.approx((1.0, 2.5))
    mean, logvar = precision_mean(one, one, 2 * torch.ones(1, dtype=F64), four)
    assert (float(mean), float(logvar.exp())) == pytest.approx((0.4, 1.6))  # 2 * 1 * 4 / 5, (0 / 1 + 2 / 4) * 1.6 / 2


@pytest.mark.parametrize("average", [arithmetic_mean, precision_mean])
def test_unshared_latents_stay_and_gradients_flow_through_the_average(average: object) -> None:
    mean = torch.tensor([[0.0, 0.0], [0.1, 5.0]], dtype=F64, requires_grad=True)
    shared = Sharing(average, "symmetric")(0, DiagonalGaussian(mean, torch.zeros(2, 2, dtype=F64)))  # type: ignore[arg-type]
    torch.testing.assert_close(shared.mean, torch.tensor([[0.05, 0.0], [0.05, 5.0]], dtype=F64))
    (gradient,) = torch.autograd.grad(shared.mean[0].sum(), mean)
    torch.testing.assert_close(gradient, torch.tensor([[0.5, 1.0], [0.5, 0.0]], dtype=F64))


def test_extreme_variances_stay_finite() -> None:
    low, high = torch.full((1,), -200.0), torch.full((1,), 200.0)
    for average in (arithmetic_mean, precision_mean):
        assert all(torch.isfinite(moments).all() for moments in average(low, low, high, high))


@pytest.mark.parametrize("entry", ENTRIES)
def test_where_everything_is_shared_the_loss_is_that_of_the_average(entry: type[AdaGVAE] | type[AdaMLVAE]) -> None:
    """Pairs that agree in all latents but differ a little in one, which is left unshared: the limit is the β-VAE."""
    generator = torch.Generator().manual_seed(0)
    mean = torch.randn(4, 3, dtype=F64, generator=generator)
    logvar = torch.randn(4, 3, dtype=F64, generator=generator)
    near = mean + torch.tensor([0.0, 0.0, 1e-4], dtype=F64)
    pairs, single = given(torch.cat([mean, near]), logvar.repeat(2, 1), error=1.0), given(mean, logvar, error=1.0)
    batch = given_batch(no_images(4), partner=no_images(4))
    losses = entry(beta=3.0).forward(pairs, batch, 0)
    assert float(losses.of["model"]) == pytest.approx(
        float(BetaVAE(beta=3.0).forward(single, given_batch(no_images(4)), 0).of["model"]), rel=1e-4
    )
    assert float(losses.terms["shared"]) == 2.0


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(("distance", "shared"), [("forward", 1.0), ("reverse", 2.0)])
def test_directions_of_the_divergence_differ(entry: type[Objective], distance: str, shared: float) -> None:
    """From variance 1: to 0.1 (0.1) forward 3.35, reverse 0.70; to mean 2 both 2; to itself both 0."""
    mean = torch.tensor([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0]], dtype=F64)
    logvar = torch.tensor([[0.0, 0.0, 0.0], [math.log(0.1), 0.0, 0.0]], dtype=F64)
    batch = given_batch(no_images(1), partner=no_images(1))
    options = {"distance": distance}
    terms = entry(**options).forward(given(mean, logvar, error=0.0), batch, 0).terms
    assert float(terms["shared"]) == shared


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_unknown_distance_is_refused(entry: type[AdaGVAE] | type[AdaMLVAE]) -> None:
    with pytest.raises(ValueError, match="distance must be one of: symmetric, forward, reverse"):
        entry(distance="kl")
