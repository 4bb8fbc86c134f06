"""The β-VAE."""

from __future__ import annotations

import math

from unbraid.core import need_known
from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective, forward_pass
from unbraid.objectives._schedules import Scheduled, schedule

__all__ = ["BetaVAE"]


class BetaVAE(Objective):
    r"""β-VAE: the VAE with its KL weighted by β.

        sum:   L = rec + β KL                      rec summed over pixels, KL over latents (nats per image)
        mean:  L = rec / P + β_n KL / D            P pixels and channels, D latents ("β normalisation")

    The two are the same objective up to the factor P when β_n = β D / P, so numbers of either kind of paper can be
    typed in unchanged.

    Args:
        beta: weight of the KL, >= 0; may be a schedule.
        reduction: "sum" or "mean".

    Source: Higgins et al. (2017), eq. 4; mean reduction: Michlo et al., supplement B.1.
    """

    def __init__(self, *, beta: Scheduled = 4.0, reduction: str = "sum") -> None:
        need_known(reduction, ("sum", "mean"), "reduction")
        self.beta, self.reduction = schedule(beta, "beta"), reduction

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Reconstruction plus weighted KL."""
        passed = forward_pass(model, batch.images, batch)
        rec, kl, beta = passed.reconstruction, passed.kl, self.beta(step)
        if self.reduction == "mean":
            loss = rec / math.prod(model.image_shape) + beta * kl / sum(model.widths)
        else:
            loss = rec + beta * kl
        return Losses({"model": loss}, {"reconstruction": rec.detach(), "kl": kl.detach()})
