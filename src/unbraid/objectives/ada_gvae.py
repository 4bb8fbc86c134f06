"""Ada-GVAE."""

from __future__ import annotations

from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective, Pairing
from unbraid.objectives._pairs import Distance, Sharing, arithmetic_mean, pair_losses
from unbraid.objectives._schedules import Scheduled
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["AdaGVAE"]


class AdaGVAE(Objective):
    r"""Ada-GVAE: a VAE of image pairs that share the latents whose posteriors are close (arithmetic mean).

        delta_j = distance of q(z_j|x1) and q(z_j|x2),   shared where delta_j < (min delta + max delta) / 2
        shared:  mean = (mean1 + mean2) / 2,  var = (var1 + var2) / 2   for both images
        L = 1/2 (rec1 + rec2) + beta 1/2 (KL1 + KL2)

    KLs and samples come from the shared posteriors. Where all distances are equal nothing is shared. Gradients flow
    through the averages, not through the choice. Each layer of a layered model shares for itself.

    Args:
        beta: weight of the KL.
        distance: "symmetric" (half the KL in each direction), "forward" KL(q1 || q2) or "reverse" KL(q2 || q1).
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        Locatello: beta 1, 2, 4, 6, 8, 16 (forward KL). Michlo: symmetric, reduction "mean", beta 0.0001 to 1, Adam
        1e-3, 256 pairs, k ~ U{1 .. F} factors that surely change.

    Differs:
        Michlo's code in its "kl" mode takes the reverse of Locatello's direction. disentanglement_lib divides 0 by 0
        where all distances are equal, and its pairs may coincide in factors that were drawn again.

    Source: Locatello et al. (2020); arXiv:2002.02886; Michlo et al.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8, partner=torch.rand(8, 1, 4, 4))
        >>> losses = AdaGVAE(beta=4).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + 4 * terms["kl"])
        True
    """

    pairing = Pairing.SPARSE
    needs_diagonal_posterior = True

    def __init__(
        self,
        *,
        beta: Scheduled = 1.0,
        distance: Distance = "symmetric",
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
    ) -> None:
        self.sharing = Sharing(arithmetic_mean, distance)
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Mean loss of both members of the pairs."""
        return pair_losses(self, self.sharing, model, batch, step)
