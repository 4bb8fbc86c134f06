"""The β-VAE with controlled capacity."""

from __future__ import annotations

from collections.abc import Mapping

from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._schedules import Schedule, Scheduled
from unbraid.objectives._weighting import Reduction, Weighting
from unbraid.objectives.beta_vae import BetaVAE

__all__ = ["CapacityVAE"]

RAMP = {"start": 0.0, "stop": 25.0, "steps": 100_000}  # Burgess et al. (2018), dSprites


class CapacityVAE(Objective):
    r"""β-VAE with controlled capacity: the KL is held at a value that grows during training.

        L = rec + gamma |KL - C(t)|,   C(t) = C_0 + (C_1 - C_0) min(t / T, 1)

    with the absolute value taken of the batch mean.

    Args:
        gamma: weight of the distance between KL and capacity.
        capacity: C(t) in nats per image, a schedule or a number (which may be constant).
        reduction: "sum" or "mean"; capacity stays in nats per image in both.

    Defaults:
        Burgess and Locatello: gamma 1000, C from 0 to 25 (Locatello 5 to 100) over 100000 steps.
        Dubois: gamma 100, C to 25, celebA 50, over 100000 steps. Abdi: gamma 1 (the weight of the KL), C to 25
        over 2000 steps, in every objective.

    Differs:
        pythae takes the absolute value for each image, which differs when the KLs of a batch straddle C. Dubois and
        the Tartu thesis see t = 1 at the first update, here and in disentanglement_lib and Abdi t = 0. Dubois
        refuses a constant capacity. Abdi's switch for it reads "false" as true.

    Source: Burgess et al. (2018); arXiv:1804.03599.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = CapacityVAE(gamma=10, capacity=25).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + 10 * abs(terms["kl"] - 25))
        True
    """

    def __init__(self, *, gamma: Scheduled = 1000.0, capacity: Scheduled = RAMP, reduction: Reduction = "sum") -> None:
        self._beta_vae = BetaVAE(beta=gamma, capacity=capacity, reduction=reduction)
        self.weighting: Weighting = self._beta_vae.weighting

    def latent_weights(self) -> Mapping[str, Schedule]:
        """The weight of the distance."""
        return {"gamma": self.weighting.beta}

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """β-VAE with a capacity."""
        return self._beta_vae.forward(model, batch, step)
