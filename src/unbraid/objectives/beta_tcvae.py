"""The β-TCVAE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from torch import Tensor

from unbraid.core import require, require_choice
from unbraid.models import Model
from unbraid.objectives._objective import Batch, Losses, Objective
from unbraid.objectives._pass import Pass, forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._total_correlation import Estimator, Parts, estimated_parts
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["BetaTCVAE"]

Form = Literal["decomposed", "kl_plus"]


class BetaTCVAE(Objective):
    r"""β-TCVAE: the KL split into information, total correlation and dimension-wise KL, each with its own weight.

        decomposed:  L = rec + alpha MI + beta TC + gamma DW
        kl_plus:     L = rec + alpha KL + (beta - alpha) TC         (needs gamma = alpha)

        MI = E[log q(z|x) - log q(z)],  TC = E[log q(z) - sum_j log q(z_j)],  DW = E[sum_j log q(z_j) - log p(z)]

    The aggregate posterior q(z) is estimated from the batch. The two forms agree in expectation; kl_plus takes the
    KL analytically, with less variance, and lets a capacity replace it.

    Args:
        alpha: weight of the information (kl_plus: of the KL).
        beta: weight of the total correlation.
        gamma: weight of the dimension-wise KL.
        estimator: "mws" (minibatch-weighted), "mss" (minibatch-stratified) or "batch" (no constant; in form kl_plus
            it has the gradients of mws and another number in the log).
        form: "decomposed" or "kl_plus".
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL; form kl_plus only.
        reduction: "sum" or "mean".

    Defaults:
        Chen and Locatello: beta 1, 2, 4, 6, 8, 10, alpha = gamma = 1.
        Dubois: beta 6 (dSprites 6.4), mss; best found: alpha -5, beta 10 on dSprites; only gamma is ramped, over 10000
            steps: gamma {start: 0, stop: 1, steps: 10000}.
        Abdi: beta 2, form kl_plus, estimator batch, capacity from 0 to 25 over 2000 steps.

    Differs:
        mss: Chen's code, Dubois and pythae put the special weights into the first two columns instead of on the
        diagonal, so an image's own posterior gets the weight of a stranger; here the estimate of q(z) is unbiased.
        Dubois also adds the log-weight to each latent before summing, so that the joint holds it D times: its printed
        MI and TC are wrong, TC by about -(D - 1) log(B - 1), hence the negative values. Abdi sums exponentials without
        the log-sum-exp trick: NaN once a code is far from all means. pythae takes N = B where N is not given.

    Notes:
        N is the number of training images. The minibatch values of MI, TC and DW are biased (see
        docs/entries/objectives.md); do not report them.

    Source: Chen et al. (2018); arXiv:1802.04942.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8)
        >>> losses = BetaTCVAE(beta=6).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> latent = terms["information"] + 6 * terms["total_correlation"] + terms["dimension_kl"]
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + latent)
        True
    """

    needs_diagonal_posterior = True
    least_batch = 2
    least_latents = 2

    def __init__(
        self,
        *,
        alpha: Scheduled = 1.0,
        beta: Scheduled = 6.0,
        gamma: Scheduled = 1.0,
        estimator: Estimator = "mws",
        form: Form = "decomposed",
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
    ) -> None:
        require_choice(estimator, Estimator, "estimator")
        require_choice(form, Form, "form")
        self.alpha, self.beta = schedule(alpha, "alpha"), schedule(beta, "beta")
        self.gamma, self.estimator, self.form = schedule(gamma, "gamma"), estimator, form
        if form == "kl_plus":
            require(
                self.alpha == self.gamma, "form kl_plus weights the whole KL by alpha, so gamma must equal it", gamma
            )
            self.weighting: Weighting | None = Weighting.of(self.alpha, capacity, reduction)
        else:
            require(
                capacity is None,
                "capacity replaces a KL, which form decomposed does not have",
                capacity,
                "set form=kl_plus",
            )
            self.weighting = Weighting.of(1.0, None, reduction)

    def latent_weights(self) -> Mapping[str, Schedule]:
        """The weights of the three parts."""
        return {"alpha": self.alpha, "beta": self.beta, "gamma": self.gamma}

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Reconstruction plus the weighted parts."""
        passed = forward_pass(model, batch.images, batch)
        parts = estimated_parts(passed.z, passed.mean, passed.logvar, self.estimator, batch.rows).mean()
        assert self.weighting is not None
        loss = self.weighting.loss(model, passed.reconstruction, self._latent(passed, parts, step))
        return passed.losses(loss, **parts._asdict())

    def _latent(self, passed: Pass, parts: Parts, step: int) -> Tensor:
        """Weighted latent terms of either form."""
        alpha, beta, gamma = self.alpha(step), self.beta(step), self.gamma(step)
        if self.form == "kl_plus":
            assert self.weighting is not None
            return self.weighting.kl(passed.kl, step) + (beta - alpha) * parts.total_correlation
        return alpha * parts.information + beta * parts.total_correlation + gamma * parts.dimension_kl
