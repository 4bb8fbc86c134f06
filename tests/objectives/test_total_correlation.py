"""The three parts of the KL on worlds where the aggregate posterior is known, and the minibatch estimators."""

import math
from typing import get_args

import pytest
import torch
from torch import Tensor

from unbraid.objectives import estimated_parts, exact_parts
from unbraid.objectives._total_correlation import (
    Estimator,
    Parts,
    estimated_mixtures,
    log_mixtures,
    stratified_log_weights,
)

F64 = torch.float64


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=F64, generator=torch.Generator().manual_seed(seed))


def exact(mean: Tensor, std: float, draws: int = 200) -> Parts:
    logvar = torch.full_like(mean, 2 * math.log(std))
    return exact_parts(mean, logvar, noise(draws, *mean.shape)).mean()


def kl_of(mean: Tensor, std: float) -> float:
    """Mean KL to the prior, nats."""
    return float((0.5 * (mean.square() + std**2 - 2 * math.log(std) - 1)).sum(1).mean())


def test_a_grid_of_separate_codes_has_no_total_correlation() -> None:
    """3 x 4 far points: MI = log 12, q(z) is the product of its marginals, the rest of the KL is dimension-wise."""
    mean = torch.cartesian_prod(torch.arange(3, dtype=F64), torch.arange(4, dtype=F64)) - 1.0
    parts = exact(mean, 0.01)
    assert float(parts.information) == pytest.approx(math.log(12), abs=1e-9)
    assert float(parts.total_correlation) == pytest.approx(0.0, abs=1e-9)
    assert float(parts.dimension_kl) == pytest.approx(kl_of(mean, 0.01) - math.log(12), abs=0.05)


def test_a_diagonal_of_separate_codes_is_all_total_correlation() -> None:
    """N far points on z1 = z2: MI = log N, and each latent tells the other: TC = log N."""
    line = torch.arange(8, dtype=F64) - 3.5
    parts = exact(torch.stack([line, line], 1), 0.01)
    assert float(parts.information) == pytest.approx(math.log(8), abs=1e-9)
    assert float(parts.total_correlation) == pytest.approx(math.log(8), abs=1e-9)


def test_a_collapsed_code_has_none_of_the_three() -> None:
    parts = exact(torch.zeros(5, 3, dtype=F64), 1.0)
    assert all(abs(float(part)) < 1e-12 for part in parts)


def test_overlapping_codes_agree_with_integration_on_a_grid() -> None:
    """Three overlapping Gaussians in the plane: MI, TC and DW by summing densities over a fine grid."""
    mean = torch.tensor([[0.0, 0.0], [1.0, 0.8], [-0.7, 1.1]], dtype=F64)
    std, step = 0.6, 0.1
    axis = torch.arange(-5, 5, step, dtype=F64)
    one = torch.exp(-0.5 * ((axis - mean.unsqueeze(-1)) / std) ** 2) / (std * math.sqrt(2 * math.pi))  # [3, 2, G]
    densities = one[:, 0].unsqueeze(2) * one[:, 1].unsqueeze(1)  # [3, G, G]
    joint, marginals = densities.mean(0), one.mean(0)
    product = marginals[0].unsqueeze(1) * marginals[1]
    prior = torch.exp(-0.5 * axis.square()) / math.sqrt(2 * math.pi)
    area = step**2
    information = float((densities * (densities / joint).log()).sum((1, 2)).mean() * area)
    total = float((joint * (joint / product).log()).sum() * area)
    dimension = float((marginals * (marginals / prior).log()).sum() * step)
    parts = exact(mean, std, draws=10_000)
    assert float(parts.information) == pytest.approx(information, abs=0.02)
    assert float(parts.total_correlation) == pytest.approx(total, abs=0.01)
    assert float(parts.dimension_kl) == pytest.approx(dimension, abs=0.02)
    assert sum(float(part) for part in parts) == pytest.approx(kl_of(mean, std), abs=0.02)


@pytest.mark.parametrize("estimator", get_args(Estimator))
def test_the_parts_of_any_estimator_sum_to_the_sampled_kl(estimator: str) -> None:
    mean, logvar, eps = noise(3, 16, 4)
    z = mean + torch.exp(logvar / 2) * eps
    parts = estimated_parts(z, mean, logvar, estimator, 500)
    sampled = (-0.5 * (eps.square() + logvar) + 0.5 * z.square()).sum(1)
    torch.testing.assert_close(parts.information + parts.total_correlation + parts.dimension_kl, sampled)


def test_the_whole_dataset_as_a_batch_makes_mws_the_truth_up_to_its_constant() -> None:
    """With B = N, log sum - log(N B) is log q(z) - log N exactly."""
    mean, logvar, eps = noise(3, 32, 3)
    z = mean + torch.exp(logvar / 2) * eps
    truth, estimate = exact_parts(mean, logvar, eps), estimated_parts(z, mean, logvar, "mws", 32)
    torch.testing.assert_close(estimate.information, truth.information + math.log(32))
    torch.testing.assert_close(estimate.total_correlation, truth.total_correlation + (3 - 1) * math.log(32))


def test_stratified_weights_sum_to_one_with_the_own_posterior_on_the_diagonal() -> None:
    weights = stratified_log_weights(6, 50, torch.zeros(1, dtype=F64)).exp()
    torch.testing.assert_close(weights.sum(1), torch.ones(6, dtype=F64))
    assert weights.diagonal().tolist() == pytest.approx([1 / 50] * 6)
    assert weights[5, 0].item() == pytest.approx((50 - 5) / (50 * 5))


def test_the_stratified_estimate_of_the_density_is_unbiased() -> None:
    """Mean over many batches that hold image 0, the rest drawn without replacement, of the estimate of q(z_0)."""
    rows, size = 12, 4
    mean, logvar = noise(rows, 2), torch.zeros(rows, 2, dtype=F64)
    truth = torch.logsumexp(log_mixtures(mean[:1], mean, logvar)[0], 0).exp() / rows
    generator, total, batches = torch.Generator().manual_seed(0), 0.0, 1000
    for _ in range(batches):
        others = 1 + torch.randperm(rows - 1, generator=generator)[: size - 1]
        batch = torch.cat([torch.zeros(1, dtype=torch.int64), others])
        total += float(estimated_mixtures(mean[batch], mean[batch], logvar[batch], "mss", rows)[0][0].exp())
    assert total / batches == pytest.approx(float(truth), rel=0.04)  # standard error about 1 %


def test_chunks_change_neither_values_nor_gradients() -> None:
    mean, logvar, eps = (array.requires_grad_() for array in noise(3, 13, 3))

    def value_and_gradients(chunk: int) -> list[Tensor]:
        z = mean + torch.exp(logvar / 2) * eps
        weights = stratified_log_weights(13, 40, mean)
        joint, marginals = log_mixtures(z, mean, logvar, weights, chunk)
        loss = joint.sum() - marginals.square().sum()
        return [loss, *torch.autograd.grad(loss, [mean, logvar, eps])]

    for whole, chunked in zip(value_and_gradients(10**9), value_and_gradients(100), strict=True):
        torch.testing.assert_close(whole, chunked)


def test_codes_far_from_all_means_stay_finite() -> None:
    mean = torch.tensor([[0.0], [1000.0]], dtype=torch.float32)
    parts = estimated_parts(mean.flip(0) + 500.0, mean, torch.full_like(mean, -5.0), "batch", 10)
    assert all(torch.isfinite(part).all() for part in parts)


def test_half_precision_is_summed_in_float32() -> None:
    mean = noise(8, 4).to(torch.bfloat16)
    joint, _ = log_mixtures(mean, mean, torch.zeros_like(mean))
    assert joint.dtype == torch.float32


@pytest.mark.parametrize(("size", "rows"), [(1, 10), (11, 10)])
def test_stratified_weights_need_a_batch_within_the_data(size: int, rows: int) -> None:
    with pytest.raises(
        ValueError, match=r"stratified weights .* need a batch of 2 up to the number of training images"
    ):
        stratified_log_weights(size, rows, torch.zeros(1))
