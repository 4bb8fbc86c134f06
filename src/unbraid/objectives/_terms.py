"""Divergences of Gaussians and the moment penalties of DIP-VAE: pure functions of arrays."""

from __future__ import annotations

import torch
from torch import Tensor


def gaussian_kl(mean1: Tensor, logvar1: Tensor, mean2: Tensor, logvar2: Tensor) -> Tensor:
    """KL(N(mean1, exp logvar1) || N(mean2, exp logvar2)) of each unit, nats, in the shape of the arguments."""
    squared = (logvar1.exp() + (mean1 - mean2).square()) * torch.exp(-logvar2)
    return 0.5 * (logvar2 - logvar1 + squared - 1.0)


def symmetric_kl(mean1: Tensor, logvar1: Tensor, mean2: Tensor, logvar2: Tensor) -> Tensor:
    """Half of the KL in each direction, of each unit, nats."""
    there = gaussian_kl(mean1, logvar1, mean2, logvar2)
    return 0.5 * (there + gaussian_kl(mean2, logvar2, mean1, logvar1))


def covariance_of_means(mean: Tensor) -> Tensor:
    """Biased (1 / B) covariance over the batch of posterior means [B, D] -> [D, D]."""
    centred = mean - mean.mean(0)
    return centred.T @ centred / len(mean)


def dip_penalty(covariance: Tensor, off_diagonal: float, diagonal: float) -> Tensor:
    """off_diagonal * sum over i != j of Cov_ij^2 + diagonal * sum over i of (Cov_ii - 1)^2: scalar.

    Args:
        covariance: [D, D]; both off-diagonal orders count.
        off_diagonal: weight lambda_od.
        diagonal: weight lambda_d.
    """
    variances = torch.diagonal(covariance)
    others = covariance.square().sum() - variances.square().sum()
    return off_diagonal * others + diagonal * (variances - 1.0).square().sum()
