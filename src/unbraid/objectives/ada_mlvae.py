"""Ada-ML-VAE."""

from __future__ import annotations

from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective, Pairing
from unbraid.objectives._pairs import Distance, Sharing, pair_losses, precision_mean
from unbraid.objectives._schedules import Scheduled
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["AdaMLVAE"]


class AdaMLVAE(Objective):
    r"""Ada-ML-VAE: as `ada_gvae`, but close posteriors are averaged by their precision.

        shared:  var = 2 var1 var2 / (var1 + var2),  mean = (mean1 / var1 + mean2 / var2) var / 2   for both images

    The factor 2 makes it the geometric mean of the densities, not their product. Everything else is `ada_gvae`.

    Args:
        beta: weight of the KL.
        distance: "symmetric", "forward" or "reverse"; see `ada_gvae`.
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        As `ada_gvae`.

    Source: Locatello et al. (2020); arXiv:2002.02886; Bouchacourt et al. (2018).

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8, partner=torch.rand(8, 1, 4, 4))
        >>> losses = AdaMLVAE(beta=4).forward(mlp((1, 4, 4), latents=2), batch, step=0)
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
        self.sharing = Sharing(precision_mean, distance)
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Mean loss of both members of the pairs."""
        return pair_losses(self, self.sharing, model, batch, step)
