"""The β-VAE."""

from __future__ import annotations

from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Scheduled
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["BetaVAE"]


class BetaVAE(Objective):
    r"""β-VAE: the VAE with its KL weighted by β.

        sum:   L = rec + beta KL                rec summed over pixels, KL over latents (nats per image)
        mean:  L = rec / P + beta_n KL / D      P pixels and channels, D latents ("beta normalisation")

    The two are the same objective up to the factor P when beta_n = beta D / P, so numbers of either kind of paper can
    be typed in unchanged.

    Args:
        beta: weight of the KL, >= 0; may be a schedule.
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        Locatello: 1, 2, 4, 6, 8, 16.
        Dubois: 4, ramped from 0 over 10000 steps in the code, which the poster does not say; 50 in its table.
        Osnabrück: 4, 6 tried. Abdi: 2, with capacity. Tartu thesis: 0.5, 1.5, 2.5, 5 with `gaussian_sigmoid`.
        Michlo: 0.0001 to 1 with reduction "mean"; 0.003 there is about 4 here at 9 latents and 64 x 64 x 3 pixels.

    Differs:
        From Dubois by no ramp unless one is given. The Osnabrück equation is the bound to be maximised and prints
        p(x) where p(z) is meant.

    Source: Higgins et al. (2017); mean reduction: Michlo et al., supplement B.1.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = BetaVAE(beta=4).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + 4 * terms["kl"])
        True
    """

    def __init__(
        self, *, beta: Scheduled = 4.0, capacity: Scheduled | None = None, reduction: Reduction = "sum"
    ) -> None:
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Reconstruction plus weighted KL."""
        passed = forward_pass(model, batch.images, batch)
        return passed.losses(self.weighting.loss(model, passed.reconstruction, self.weighting.kl(passed.kl, step)))
