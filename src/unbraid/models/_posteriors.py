"""Posteriors q(z | x) of one latent layer; the prior is N(0, I)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Literal

import torch
from torch import Tensor

Covariance = Literal["diagonal", "full"]
JITTER = 1e-4  # added to the diagonal of the factor and of the covariance (hyperprior VAE reference)


class Posterior(ABC):
    """q(z | x) of one layer for a batch of B images.

    Attributes:
        mean: posterior mean [B, D].
        logvar: log of the marginal variances [B, D].
    """

    mean: Tensor
    logvar: Tensor

    @abstractmethod
    def sample(self, noise: Tensor) -> Tensor:
        """Reparameterised draw from standard normal `noise` [B, D] -> z [B, D]."""

    @abstractmethod
    def divergence(self) -> Tensor:
        """KL(q(z|x) || N(0, I)) in nats: [B, D] per latent, or [B, 1] where the covariance is full."""

    @abstractmethod
    def log_prob(self, z: Tensor) -> Tensor:
        """log q(z | x) in nats [B]."""

    @abstractmethod
    def mean_covariance(self) -> Tensor:
        """Covariance of q(z | x), mean over the batch [D, D]."""


class DiagonalGaussian(Posterior):
    """N(mean, diag exp(logvar)): the usual VAE posterior.

    Args:
        mean: [B, D].
        logvar: log-variances [B, D]; not clamped.
    """

    def __init__(self, mean: Tensor, logvar: Tensor) -> None:
        self.mean, self.logvar = mean, logvar

    def sample(self, noise: Tensor) -> Tensor:
        """z = mean + exp(logvar / 2) * noise."""
        return self.mean + torch.exp(0.5 * self.logvar) * noise

    def divergence(self) -> Tensor:
        """0.5 (mean^2 + exp(logvar) - logvar - 1), nats per latent [B, D]."""
        return 0.5 * (self.mean.square() + self.logvar.exp() - self.logvar - 1.0)

    def log_prob(self, z: Tensor) -> Tensor:
        """Sum over latents of the normal log-densities [B]."""
        squared = (z - self.mean).square() * torch.exp(-self.logvar)
        return -0.5 * (squared + self.logvar + math.log(2 * math.pi)).sum(-1)

    def mean_covariance(self) -> Tensor:
        """Mean variances on the diagonal [D, D]."""
        return torch.diag(self.logvar.exp().mean(0))


class FullGaussian(Posterior):
    """N(mean, S) with a full covariance S = L L' + 1e-4 I (Ansari & Soh, 2019).

    L is the strict lower part of `matrix` with diagonal softplus(matrix_ii) + 1e-4.

    Args:
        mean: [B, D].
        matrix: unconstrained [B, D, D]; its strict upper part is not used.
    """

    def __init__(self, mean: Tensor, matrix: Tensor) -> None:
        diagonal = torch.nn.functional.softplus(torch.diagonal(matrix, dim1=-2, dim2=-1)) + JITTER
        identity = torch.eye(mean.shape[-1], dtype=mean.dtype, device=mean.device)
        lower = torch.tril(matrix, diagonal=-1) + identity * diagonal.unsqueeze(-1)  # operations that ONNX has
        self.mean = mean
        self.covariance = lower @ lower.transpose(-2, -1) + JITTER * identity  # [B, D, D]
        self.factor = torch.linalg.cholesky(self.covariance)  # [B, D, D], exact factor of the covariance
        self.logvar = torch.diagonal(self.covariance, dim1=-2, dim2=-1).log()

    def sample(self, noise: Tensor) -> Tensor:
        """z = mean + chol(S) noise."""
        return self.mean + (self.factor @ noise.unsqueeze(-1)).squeeze(-1)

    def log_determinant(self) -> Tensor:
        """log det S [B]."""
        return 2.0 * torch.diagonal(self.factor, dim1=-2, dim2=-1).log().sum(-1)

    def divergence(self) -> Tensor:
        """0.5 (tr S + mean'mean - D - log det S), nats [B, 1]."""
        trace = torch.diagonal(self.covariance, dim1=-2, dim2=-1).sum(-1)
        total = 0.5 * (trace + self.mean.square().sum(-1) - self.mean.shape[-1] - self.log_determinant())
        return total.unsqueeze(-1)

    def log_prob(self, z: Tensor) -> Tensor:
        """Multivariate normal log-density [B]."""
        white = torch.linalg.solve_triangular(self.factor, (z - self.mean).unsqueeze(-1), upper=False)
        squared = white.square().sum((-2, -1))
        return -0.5 * (squared + self.log_determinant() + z.shape[-1] * math.log(2 * math.pi))

    def mean_covariance(self) -> Tensor:
        """Mean of S [D, D]."""
        return self.covariance.mean(0)
