"""The hyperprior VAE (CHyVAE)."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.core import UsageError, require
from unbraid.core.checks import sentence
from unbraid.core.values import NonNegative
from unbraid.models import FullGaussian, Layer, Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Scheduled
from unbraid.objectives._weighting import Reduction, Weighting
from unbraid.objectives._wishart import kl_code, kl_covariance, log_student_t, prior_scale

__all__ = ["HyperpriorVAE"]


class HyperpriorVAE(Objective):
    r"""Hyperprior VAE: full-covariance posteriors and an inverse-Wishart prior on the covariance of the code.

        Sigma ~ IW(psi I, nu),  z | Sigma ~ N(0, Sigma),  q(z|x) = N(mean, S),  q(Sigma|z2) = IW(psi I + z2 z2', nu + 1)
        L = rec + beta (KL_z + KL_Sigma)
        KL_z     = E_q(Sigma) KL(q(z|x) || N(0, Sigma))
        KL_Sigma = KL(q(Sigma|z2) || IW(psi I, nu))
        collapsed:  L = rec + beta (log q(z|x) - log t(z)),  t = Student t with nu - p + 1 degrees of freedom

    psi = max(nu - p - 1, 1), so that E[Sigma] = I; z2 is a second, independent sample of q(z|x). The collapsed form
    integrates Sigma out exactly and takes the decoder's own sample; it is never looser in expectation. A larger nu
    means a prior closer to the isotropic one.

    Args:
        widths: latents per layer (given by the model).
        nu: degrees of freedom; more than the latents of any layer + 1 (0 stands for 33, or twice the latents + 13
            where that is too few).
        collapsed: whether Sigma is integrated out.
        beta: weight of the divergence.
        capacity: C(t) in nats; given, |divergence - C(t)| replaces it (Abdi et al., 2019).
        reduction: "sum" or "mean".

    Defaults:
        Ansari and Soh: 10 latents, nu 33 (200 in the example of their code), Adam 1e-4, batch 50, 150000 steps.
        Osnabrück: gives none of them.

    Differs:
        The published regulariser leaves out a constant (thousands of nats at nu = 200); here KL_z + KL_Sigma is
        whole, so it compares with other bounds. The Osnabrück text speaks of a Wishart sample; the hyperprior is
        inverse-Wishart and Sigma is never sampled in training. The reference skips every batch of more than 256.

    Source: Ansari & Soh (2019); arXiv:1809.04497.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = HyperpriorVAE((2,)).forward(mlp((1, 4, 4), latents=2, posterior="full"), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + terms["hyperprior"])
        True
    """

    needs_full_posterior = True

    def __init__(
        self,
        widths: tuple[int, ...],
        *,
        nu: NonNegative = 0.0,
        collapsed: bool = False,
        beta: Scheduled = 1.0,
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
    ) -> None:
        self.nu = nu or max(33.0, 2.0 * max(widths) + 13.0)
        require(
            self.nu > max(widths) + 1,
            f"nu must be more than the latents + 1 ({max(widths)} + 1), or E[Sigma] does not exist",
            nu,
            "raise nu, or take fewer latents",
        )
        self.collapsed = collapsed
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Reconstruction plus the divergence from the hyperprior."""
        passed = forward_pass(model, batch.images, batch)
        by_layer = [self.divergences(layer, batch) for layer in passed.layers]
        of_code, of_covariance = (torch.stack(layers).sum(0).mean() for layers in zip(*by_layer, strict=True))
        total = of_code + of_covariance
        loss = self.weighting.loss(model, passed.reconstruction, self.weighting.kl(total, step))
        return passed.losses(loss, hyperprior=total, kl_code=of_code, kl_covariance=of_covariance)

    def divergences(self, layer: Layer, batch: Batch) -> tuple[Tensor, Tensor]:
        """KL_z and KL_Sigma of one layer, nats per image [B]; the collapsed form has the first alone."""
        posterior, latents = layer.posterior, layer.z.shape[1]
        if not isinstance(posterior, FullGaussian):
            rule = "HyperpriorVAE needs posteriors of the class FullGaussian, which posterior=full promises"
            raise UsageError(sentence(rule, type(posterior).__name__, "let model.infer return them"))
        psi = prior_scale(latents, self.nu)
        if self.collapsed:
            divergence = posterior.log_prob(layer.z) - log_student_t(layer.z, psi, self.nu)
            return divergence, torch.zeros_like(divergence)
        z2 = posterior.sample(batch.normal(*layer.z.shape))
        determinant = posterior.log_determinant()
        of_code = kl_code(z2, posterior.mean, posterior.covariance, determinant, psi, self.nu)
        return of_code, kl_covariance(z2, psi, self.nu)
