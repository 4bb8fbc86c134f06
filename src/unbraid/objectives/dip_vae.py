"""DIP-VAE, both types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from unbraid.core import require_choice
from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import Pass, forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._terms import covariance_of_means, dip_penalty
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["DIPVAE"]

Type = Literal["I", "II"]


class DIPVAE(Objective):
    r"""DIP-VAE: the VAE plus a penalty that draws the covariance of the codes to the identity.

        L = rec + beta KL + lambda_od sum_{i != j} Cov_ij^2 + lambda_d sum_i (Cov_ii - 1)^2
        type I:   Cov = Cov_batch[mean]
        type II:  Cov = Cov_batch[mean] + E_batch[covariance of q(z|x)] = Cov[z]

    with the biased (1 / B) covariance and both off-diagonal orders counted. For a full-covariance posterior type II
    adds the whole mean covariance.

    Args:
        lambda_od: weight of the off-diagonal.
        lambda_d: weight of the diagonal.
        type: "I" or "II".
        beta: weight of the KL.
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        Kumar and Locatello: lambda_od 1, 2, 5, 10, 20, 50; lambda_d ten times that (I) or equal (II).
        Abdi: lambda_d 10, lambda_od 1 for both types, with capacity 0 to 25. Michlo's code: 10 and 5.

    Differs:
        Type II in Abdi's and Michlo's code and in AIX360 extracts a diagonal where it should make one, so that one
        number is added to every entry of the covariance. disentanglement_lib is right and agrees with this.

    Source: Kumar et al. (2018); arXiv:1711.00848.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = DIPVAE().forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + terms["kl"] + terms["dip"])
        True
    """

    least_batch = 2

    def __init__(
        self,
        *,
        lambda_od: Scheduled = 1.0,
        lambda_d: Scheduled = 10.0,
        type: Type = "I",
        beta: Scheduled = 1.0,
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
    ) -> None:
        require_choice(type, Type, "type")
        self.type, self.lambda_od, self.lambda_d = (
            type,
            schedule(lambda_od, "lambda_od"),
            schedule(lambda_d, "lambda_d"),
        )
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def latent_weights(self) -> Mapping[str, Schedule]:
        """KL and both penalties."""
        return {"beta": self.weighting.beta, "lambda_od": self.lambda_od, "lambda_d": self.lambda_d}

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """VAE loss plus penalty."""
        passed = forward_pass(model, batch.images, batch)
        covariance = covariance_of_means(passed.mean)
        if self.type == "II":
            covariance = covariance + posterior_covariance(passed)
        penalty = dip_penalty(covariance, self.lambda_od(step), self.lambda_d(step))
        latent = self.weighting.kl(passed.kl, step) + penalty
        return passed.losses(self.weighting.loss(model, passed.reconstruction, latent), dip=penalty)


def posterior_covariance(passed: Pass) -> Tensor:
    """Mean over the batch of the posteriors' covariance, layers as blocks [D, D]."""
    return torch.block_diag(*(layer.posterior.mean_covariance() for layer in passed.layers))
