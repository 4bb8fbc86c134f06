"""Divergences and moments: hand-worked cases."""

import pytest
import torch

from unbraid.objectives._terms import covariance_of_means, dip_penalty, gaussian_kl, symmetric_kl

ZERO, ONE = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)


def test_gaussian_kl_by_hand() -> None:
    assert float(gaussian_kl(ZERO, ZERO, ZERO, ZERO)) == 0.0
    assert float(gaussian_kl(3 * ONE, ZERO, ONE, ZERO)) == pytest.approx(2.0)  # (3 - 1)^2 / 2
    # KL(N(0, 4) || N(0, 1)) = (4 - 1 - log 4) / 2
    assert float(gaussian_kl(ZERO, torch.log(4 * ONE), ZERO, ZERO)) == pytest.approx(1.5 - torch.log(2 * ONE).item())


def test_gaussian_kl_agrees_with_torch() -> None:
    a, b, c, d = torch.randn(4, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    normal = torch.distributions.Normal
    expected = torch.distributions.kl_divergence(normal(a, torch.exp(b / 2)), normal(c, torch.exp(d / 2)))
    torch.testing.assert_close(gaussian_kl(a, b, c, d), expected)
    torch.testing.assert_close(symmetric_kl(a, b, c, d), symmetric_kl(c, d, a, b))


def test_covariance_is_biased_and_uncorrelated_latents_cost_nothing() -> None:
    corners = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64)
    torch.testing.assert_close(covariance_of_means(corners), torch.eye(2, dtype=torch.float64))
    assert float(dip_penalty(covariance_of_means(corners), 1.0, 10.0)) == 0.0
    line = torch.tensor([[1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64)
    assert float(dip_penalty(covariance_of_means(line), 3.0, 10.0)) == pytest.approx(2 * 3.0)  # both orders
    assert float(dip_penalty(4 * torch.eye(2, dtype=torch.float64), 3.0, 10.0)) == pytest.approx(2 * 10 * 9)
