"""The variational autoencoder."""

from __future__ import annotations

from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives.beta_vae import BetaVAE

__all__ = ["VAE"]


class VAE(Objective):
    r"""Variational autoencoder: reconstruction error plus KL to the prior, the negative evidence lower bound.

        L = E_q(z|x)[-log p(x|z)] + KL(q(z|x) || p(z))

    Args:
        reduction: "sum" (nats per image) or "mean" (per pixel and per latent); see `beta_vae`.

    Source: Kingma & Welling (2014), eq. 3; arXiv:1312.6114.
    """

    def __init__(self, *, reduction: str = "sum") -> None:
        self._beta_vae = BetaVAE(beta=1.0, reduction=reduction)

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """β-VAE at β = 1."""
        return self._beta_vae.forward(model, batch, step)
