"""The variational autoencoder."""

from __future__ import annotations

import math

from unbraid.core import require_choice
from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Scheduled
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["VAE"]


class VAE(Objective):
    r"""Variational autoencoder: reconstruction error plus KL to the prior, the negative evidence lower bound.

        L = E_q(z|x)[-log p(x|z)] + KL(q(z|x) || p(z))

    Args:
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" (nats per image) or "mean" (the same divided by the number of pixels and channels, so that
            it stays the evidence lower bound).

    Defaults:
        Abdi: pre-training with this objective, then another one; two phases of a run.
        Dubois: weight of the KL ramped from 0 to 1 over 10000 steps, also for the "VAE"; that is `beta_vae` with
            beta {start: 0, stop: 1, steps: 10000}.

    Differs:
        Dubois and Abdi put the sigmoid into the decoder and take the cross-entropy of probabilities: the same value
        for moderate logits, other gradients for saturated pixels. Here it is always taken of logits.
        Abdi divides by the nominal batch size; here by the number of images.

    Source: Kingma & Welling (2014); arXiv:1312.6114.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = VAE().forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + terms["kl"])
        True
    """

    def __init__(self, *, capacity: Scheduled | None = None, reduction: Reduction = "sum") -> None:
        require_choice(reduction, Reduction, "reduction")
        self.weighting: Weighting = Weighting.of(1.0, capacity, "sum")
        self.reduction = reduction

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Reconstruction plus KL."""
        passed = forward_pass(model, batch.images, batch)
        loss = passed.reconstruction + self.weighting.kl(passed.kl, step)
        return passed.losses(loss / math.prod(model.image_shape) if self.reduction == "mean" else loss)
