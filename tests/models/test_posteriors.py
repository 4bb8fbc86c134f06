"""Posteriors: the mean covariance of either form, which is what the covariance of codes adds to that of means."""

import torch

from unbraid.models import DiagonalGaussian, FullGaussian


def test_the_mean_covariance_of_a_diagonal_posterior_holds_the_mean_variances() -> None:
    logvar = torch.tensor([[1.0, 3.0], [2.0, 5.0]], dtype=torch.float64).log()
    covariance = DiagonalGaussian(torch.zeros(2, 2, dtype=torch.float64), logvar).mean_covariance()
    torch.testing.assert_close(covariance, torch.diag(torch.tensor([1.5, 4.0], dtype=torch.float64)))


def test_the_mean_covariance_is_that_of_the_samples() -> None:
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(3, 2, 2, generator=generator, dtype=torch.float64)
    posterior = FullGaussian(torch.zeros(3, 2, dtype=torch.float64), matrix)
    draws = torch.stack([posterior.sample(torch.randn(3, 2, generator=generator).double()) for _ in range(20_000)])
    torch.testing.assert_close(posterior.mean_covariance(), torch.cov(draws.flatten(0, 1).T), rtol=0.05, atol=0.02)
