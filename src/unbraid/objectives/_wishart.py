r"""Divergences of the hyperprior VAE: inverse-Wishart prior of the code's covariance, pure functions of arrays.

    Sigma ~ IW(psi I, nu),  z | Sigma ~ N(0, Sigma),  q(z|x) = N(mean, S),  q(Sigma|z2) = IW(Phi, nu + 1),
    Phi = psi I + z2 z2'

Phi has one direction that differs from psi I, so its determinant and inverse need no decomposition.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def prior_scale(latents: int, nu: float) -> float:
    """psi with E[Sigma] = I where that exists: max(nu - p - 1, 1)."""
    return max(nu - latents - 1, 1.0)


def log_determinant_phi(z2: Tensor, psi: float) -> Tensor:
    """log det Phi [B] for codes z2 [B, p]."""
    return z2.shape[1] * math.log(psi) + torch.log1p(z2.square().sum(1) / psi)


def trace_with_inverse_phi(z2: Tensor, mean: Tensor, covariance: Tensor, psi: float) -> Tensor:
    """tr[(S + mean mean') Phi^-1] [B] (Sherman-Morrison)."""
    trace = torch.diagonal(covariance, dim1=-2, dim2=-1).sum(-1) + mean.square().sum(1)
    along = torch.einsum("bi,bij,bj->b", z2, covariance, z2) + (z2 * mean).sum(1).square()
    return trace / psi - along / (psi * (psi + z2.square().sum(1)))


def expected_log_determinant(z2: Tensor, psi: float, nu: float) -> Tensor:
    """E[log det Sigma] under q(Sigma | z2) [B]."""
    latents = z2.shape[1]
    halves = (nu + 1.0 + 1.0 - torch.arange(1, latents + 1, dtype=torch.float64)) / 2.0
    constant = latents * math.log(2.0) + float(torch.digamma(halves).sum())
    return log_determinant_phi(z2, psi) - constant


def kl_code(z2: Tensor, mean: Tensor, covariance: Tensor, log_determinant: Tensor, psi: float, nu: float) -> Tensor:
    """E over q(Sigma | z2) of KL(q(z|x) || N(0, Sigma)), nats [B].

    Args:
        z2: a second sample of q(z|x) [B, p].
        mean: [B, p].
        covariance: S [B, p, p].
        log_determinant: log det S [B].
        psi: scale of the prior.
        nu: its degrees of freedom.
    """
    expected = expected_log_determinant(z2, psi, nu)
    trace = (nu + 1.0) * trace_with_inverse_phi(z2, mean, covariance, psi)
    return 0.5 * (expected + trace - log_determinant - z2.shape[1])


def kl_covariance(z2: Tensor, psi: float, nu: float) -> Tensor:
    """KL(IW(Phi, nu + 1) || IW(psi I, nu)), nats [B]."""
    latents, freedom = z2.shape[1], nu + 1.0
    gain = freedom / 2 * log_determinant_phi(z2, psi) - nu / 2 * latents * math.log(psi)
    gammas = _log_gamma(nu / 2, latents) - _log_gamma(freedom / 2, latents) - latents / 2 * math.log(2.0)
    squared = z2.square().sum(1)
    inverse_trace = latents - squared / (psi + squared)  # tr(psi Phi^-1)
    expected = expected_log_determinant(z2, psi, nu)
    return gain + gammas - 0.5 * expected - freedom * latents / 2 + freedom / 2 * inverse_trace


def log_student_t(z: Tensor, psi: float, nu: float) -> Tensor:
    """log density of z [B, p] with Sigma integrated out: Student t of nu - p + 1 degrees of freedom [B], nats."""
    latents, freedom = z.shape[1], nu - z.shape[1] + 1.0
    constant = math.lgamma((nu + 1.0) / 2) - math.lgamma(freedom / 2) - latents / 2 * math.log(psi * math.pi)
    return constant - (nu + 1.0) / 2 * torch.log1p(z.square().sum(1) / psi)


def _log_gamma(half: float, latents: int) -> float:
    """Log of the multivariate gamma function."""
    return latents * (latents - 1) / 4 * math.log(math.pi) + sum(
        math.lgamma(half - index / 2) for index in range(latents)
    )
