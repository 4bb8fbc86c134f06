"""Maximum mean discrepancy between codes and the prior: kernels and estimates, pure functions of arrays."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Kernel = Literal["rbf", "imq"]
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # of the inverse multiquadratic kernel, as in pythae


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """|a_i - b_j|^2 of all pairs: [M, D], [N, D] -> [M, N]."""
    squared = a.square().sum(1).unsqueeze(1) + b.square().sum(1) - 2.0 * a @ b.T
    return squared.clamp_min(0.0)  # rounding may fall below zero for equal points


def kernel(name: Kernel, a: Tensor, b: Tensor, denominator: float) -> Tensor:
    """k(a_i, b_j) [M, N].

    Args:
        name: "rbf": exp(-d^2 / denominator); "imq": sum over s of denominator s / (denominator s + d^2), s in `SCALES`.
        a: [M, D].
        b: [N, D].
        denominator: squared width of the kernel.
    """
    squared = squared_distances(a, b)
    if name == "rbf":
        return torch.exp(-squared / denominator)
    widths = [denominator * scale for scale in SCALES]
    return torch.stack([width / (width + squared) for width in widths]).sum(0)


def mmd(prior: Tensor, z: Tensor, name: Kernel, denominator: float, biased: bool) -> Tensor:
    """Squared maximum mean discrepancy of samples `prior` [M, D] and `z` [B, D]: scalar.

    Args:
        prior: samples of the prior.
        z: sampled codes.
        name: kernel, see `kernel`.
        denominator: see `kernel`.
        biased: whether each sample is compared with itself too, which makes it positive but too large.
    """
    within = [_mean_kernel(sample, name, denominator, biased) for sample in (prior, z)]
    return within[0] + within[1] - 2.0 * kernel(name, prior, z, denominator).mean()


def _mean_kernel(x: Tensor, name: Kernel, denominator: float, biased: bool) -> Tensor:
    """Mean of k(x_i, x_j), with or without i = j."""
    table = kernel(name, x, x, denominator)
    if biased:
        return table.mean()
    return (table.sum() - torch.diagonal(table).sum()) / (len(x) * (len(x) - 1))
