"""InfoVAE with maximum mean discrepancy."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from unbraid.core import require, require_choice
from unbraid.core.values import Natural, NonNegative
from unbraid.models import Model
from unbraid.objectives._mmd import Kernel, mmd
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["InfoVAE"]


class InfoVAE(Objective):
    r"""InfoVAE: the VAE plus the maximum mean discrepancy between sampled codes and the prior.

        L = rec + beta KL + weight MMD(q(z), p(z)),   MMD = E k(z', z') + E k(z, z) - 2 E k(z', z)

    In the notation of Zhao, beta = 1 - alpha and weight = alpha + lambda - 1. z are sampled codes, z' draws of the
    prior.

    Args:
        weight: weight of the discrepancy.
        beta: weight of the KL.
        kernel: "rbf", exp(-d^2 / denominator), or "imq", sum over s of denominator s / (denominator s + d^2).
        denominator: squared width of the kernel; 0 stands for D^2 (rbf) or 2 D (imq).
        prior_samples: draws of the prior at each step; 0 for as many as the batch.
        biased: whether a sample is compared with itself too (Abdi) or not (pythae, Michlo).
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        Abdi: weight 1000, rbf with denominator D^2, 1000 draws, biased, capacity 0 to 25.
        pythae: alpha 0, lambda 0.001, imq (or rbf with denominator 2 D), unbiased, as many draws as images.
        Michlo's code: rbf with denominator 4 D, unbiased.

    Differs:
        Abdi's kernel divides a mean over D by D again: at D = 20 the squared width is 400, ten times a typical
        squared distance, so it tells little; it is kept as the default because his numbers come from it. Abdi takes
        lambda as the whole weight. Here the discrepancy stays in the dtype of the codes.

    Source: Zhao et al. (2019); arXiv:1706.02262.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = InfoVAE(weight=1000).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + terms["kl"] + 1000 * terms["mmd"])
        True
    """

    def __init__(
        self,
        *,
        weight: Scheduled = 1000.0,
        beta: Scheduled = 1.0,
        kernel: Kernel = "rbf",
        denominator: NonNegative = 0.0,
        prior_samples: Natural = 1000,
        biased: bool = True,
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
    ) -> None:
        require_choice(kernel, Kernel, "kernel")
        require(denominator >= 0, "denominator must be positive, or 0 for the kernel's usual one", denominator)
        require(prior_samples >= 0 and prior_samples != 1, "prior_samples must be 0 or at least 2", prior_samples)
        self.weight, self.kernel, self.denominator = schedule(weight, "weight"), kernel, denominator
        self.prior_samples, self.biased = prior_samples, biased
        self.least_batch = 1 if biased and prior_samples else 2  # unbiased means leave out each code's own pair
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def latent_weights(self) -> Mapping[str, Schedule]:
        """KL and discrepancy."""
        return {"beta": self.weighting.beta, "weight": self.weight}

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """VAE loss plus discrepancy."""
        passed = forward_pass(model, batch.images, batch)
        discrepancy = self.discrepancy(passed.z, batch)
        latent = self.weighting.kl(passed.kl, step) + self.weight(step) * discrepancy
        return passed.losses(self.weighting.loss(model, passed.reconstruction, latent), mmd=discrepancy)

    def discrepancy(self, z: Tensor, batch: Batch) -> Tensor:
        """Squared discrepancy of codes [B, D] from fresh draws of the prior: scalar."""
        images, latents = z.shape
        usual = latents**2 if self.kernel == "rbf" else 2 * latents
        prior = batch.normal(self.prior_samples or images, latents)
        return mmd(prior, z, self.kernel, self.denominator or usual, self.biased)
