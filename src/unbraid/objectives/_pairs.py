"""Weak pairs: two posteriors share the latents that seem not to have changed (Locatello et al., 2020)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from unbraid.core import require_choice
from unbraid.models import DiagonalGaussian, Model, Posterior
from unbraid.objectives._objective import Batch, Losses, Objective, partner_of
from unbraid.objectives._pass import Pass, forward_pass
from unbraid.objectives._terms import gaussian_kl, symmetric_kl

Average = Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
Distance = Literal["symmetric", "forward", "reverse"]


def distance_of(name: Distance, mean1: Tensor, logvar1: Tensor, mean2: Tensor, logvar2: Tensor) -> Tensor:
    """Distance of two posteriors in each latent, nats: half the KL in each direction, KL(q1 || q2) or KL(q2 || q1)."""
    if name == "symmetric":
        return symmetric_kl(mean1, logvar1, mean2, logvar2)
    if name == "forward":
        return gaussian_kl(mean1, logvar1, mean2, logvar2)
    return gaussian_kl(mean2, logvar2, mean1, logvar1)


def shared_latents(distance: Tensor) -> Tensor:
    """Latents closer than half-way between the pair's nearest and farthest [B, D] -> bool [B, D]; ties are not."""
    threshold = 0.5 * (distance.amin(1, keepdim=True) + distance.amax(1, keepdim=True))
    return distance < threshold


def arithmetic_mean(mean1: Tensor, logvar1: Tensor, mean2: Tensor, logvar2: Tensor) -> tuple[Tensor, Tensor]:
    """Group VAE: mean of the means, log of the mean of the variances."""
    return 0.5 * (mean1 + mean2), torch.logaddexp(logvar1, logvar2) - math.log(2.0)


def precision_mean(mean1: Tensor, logvar1: Tensor, mean2: Tensor, logvar2: Tensor) -> tuple[Tensor, Tensor]:
    """Multi-level VAE: precision-weighted mean, log of the harmonic mean of the variances."""
    share = torch.sigmoid(logvar2 - logvar1)  # (1 / v1) / (1 / v1 + 1 / v2)
    return share * mean1 + (1.0 - share) * mean2, math.log(2.0) - torch.logaddexp(-logvar1, -logvar2)


@dataclass(frozen=True)
class Sharing:
    """Adjusts the posteriors of [first; partner] (2 B rows) before sampling: shared latents get the average of both.

    Args:
        average: `arithmetic_mean` or `precision_mean`.
        distance: "symmetric", "forward" or "reverse", see `distance_of`.
    """

    average: Average
    distance: Distance

    def __post_init__(self) -> None:
        require_choice(self.distance, Distance, "distance")

    def __call__(self, layer: int, posterior: Posterior) -> Posterior:
        """Gradients flow through the averages, not through the choice of latents."""
        (mean1, mean2), (logvar1, logvar2) = posterior.mean.chunk(2), posterior.logvar.chunk(2)
        with torch.no_grad():
            shared = shared_latents(distance_of(self.distance, mean1, logvar1, mean2, logvar2))
        mean, logvar = self.average(mean1, logvar1, mean2, logvar2)
        both = shared.repeat(2, 1)
        return DiagonalGaussian(
            torch.where(both, mean.repeat(2, 1), posterior.mean),
            torch.where(both, logvar.repeat(2, 1), posterior.logvar),
        )


def shared_count(passed: Pass) -> Tensor:
    """Latents that the two halves of a pass have in common, mean over pairs: scalar."""
    (mean1, mean2), (logvar1, logvar2) = passed.mean.chunk(2), passed.logvar.chunk(2)
    return ((mean1 == mean2) & (logvar1 == logvar2)).sum(1).to(mean1.dtype).mean()


def pair_losses(objective: Objective, sharing: Sharing, model: Model, batch: Batch, step: int) -> Losses:
    """Half of (reconstruction + weighted KL) of each member of the pair, KLs and codes from the shared posteriors."""
    images = torch.cat([batch.images, partner_of(batch, objective)])
    passed, weighting = forward_pass(model, images, batch, sharing), objective.weighting
    assert weighting is not None
    loss = weighting.loss(model, passed.reconstruction, weighting.kl(passed.kl, step))
    return passed.losses(loss, shared=shared_count(passed))
