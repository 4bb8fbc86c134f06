"""DIP-VAE: both types by hand, its limit, full covariances."""

import pytest
import torch

from tests.objectives._given import GivenModel, given, given_batch, no_images
from unbraid.models import FullGaussian
from unbraid.objectives.dip_vae import DIPVAE
from unbraid.objectives.vae import VAE

CORNERS = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64)


def penalty(model: GivenModel, **options: object) -> float:
    return float(DIPVAE(**options).forward(model, given_batch(no_images(4)), 0).terms["dip"])


def test_type_one_looks_at_the_means_and_type_two_at_the_codes() -> None:
    """Means have covariance I; with posterior variance 1/2 the codes have 1.5 I."""
    model = given(CORNERS, torch.full((4, 2), 0.5, dtype=torch.float64).log(), error=0.0)
    assert penalty(model, type="I") == pytest.approx(0.0)
    assert penalty(model, type="II", lambda_d=10.0) == pytest.approx(10 * 2 * 0.25)


def test_a_full_covariance_enters_type_two_whole() -> None:
    matrix = torch.zeros(4, 2, 2, dtype=torch.float64)
    matrix[:, 1, 0] = 0.3
    posterior = FullGaussian(CORNERS, matrix)
    model = GivenModel([posterior])
    covariance = torch.eye(2, dtype=torch.float64) + posterior.covariance[0]
    expected = 2 * covariance[0, 1] ** 2 + 10 * (covariance.diagonal() - 1).square().sum()
    assert penalty(model, type="II") == pytest.approx(float(expected))


def test_no_weights_are_the_vae() -> None:
    model = given(CORNERS, torch.zeros_like(CORNERS), error=5.0)
    objectives = (DIPVAE(lambda_od=0.0, lambda_d=0.0, type="II"), VAE())
    assert len({float(o.forward(model, given_batch(no_images(4)), 0).of["model"]) for o in objectives}) == 1


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="type must be one of: I, II"):
        DIPVAE(type="III")
