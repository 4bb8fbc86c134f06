"""FactorVAE."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from unbraid.core import require
from unbraid.core.values import Depth, NonNegative, Width
from unbraid.models import Model, z_of
from unbraid.objectives._critic import critic, critic_loss, frozen, permuted, total_correlation
from unbraid.objectives._objective import Batch, Losses, Objective, Pairing, Player, partner_of
from unbraid.objectives._pass import forward_pass
from unbraid.objectives._schedules import Schedule, Scheduled, schedule
from unbraid.objectives._weighting import Reduction, Weighting

__all__ = ["FactorVAE"]


class FactorVAE(Objective):
    r"""FactorVAE: the VAE plus a total correlation that a critic estimates from codes with permuted latents.

        model:   L   = rec + beta KL + gamma E[d_joint(z) - d_permuted(z)]
        critic:  L_D = 1/2 CE(d(z), joint) + 1/2 CE(d(perm z'), permuted)

    z' are codes of a second, independent batch, each latent permuted between its images by a permutation of its own.
    Neither player's loss has a gradient for the other's parameters: the critic sees detached codes, and the model
    sees the critic with its parameters held fixed. Both step from the same weights.

    Args:
        widths: latents per layer (given by the model).
        gamma: weight of the total correlation.
        beta: weight of the KL.
        capacity: C(t) in nats; given, |KL - C(t)| replaces the KL (Abdi et al., 2019).
        reduction: "sum" or "mean" (of the model's loss).
        critic_width: units per hidden layer of the critic.
        critic_layers: hidden layers of the critic.
        critic_lr: learning rate of the critic's Adam, which has betas 0.5 and 0.9.

    Defaults:
        Kim and Locatello: gamma 6.4 and 35, 10 to 100; critic of six hidden layers of 1000; Adam 1e-4 for both.
        Dubois: gamma 6 (dSprites 6.4, chairs 3.2), ramped over 10000 steps; five hidden layers; critic 5e-5, in its
            presets 1e-4 and 1e-5. Abdi: gamma 2, five hidden layers, Adam betas .9 and .999, capacity 0 to 25.

    Differs:
        Dubois, pythae and dent send the critic's gradient into the encoder too, because both losses share one tensor
        (0.5 % and 3 % of the encoder's gradient on two toy nets). Abdi and 1Konny step one network before the other's
        backward pass, which current torch refuses. disentanglement_lib permutes the codes of the same batch; Dubois
        and pythae split one batch in two halves; here the second batch is as large as the first and drawn on its own.

    Source: Kim & Mnih (2018), algorithm 2; arXiv:1802.05983.

    Example:
        >>> import torch
        >>> from unbraid.models import mlp
        >>> from unbraid.objectives import Batch
        >>> batch = Batch(torch.rand(8, 1, 4, 4), torch.Generator(), rows=8, partner=torch.rand(8, 1, 4, 4))
        >>> losses = FactorVAE((2,), gamma=6.4, critic_width=8).forward(mlp((1, 4, 4), latents=2), batch, step=0)
        >>> terms = losses.terms
        >>> torch.allclose(losses.of["model"], terms["reconstruction"] + terms["kl"] + 6.4 * terms["total_correlation"])
        True
        >>> sorted(losses.of)  # the critic descends a loss of its own
        ['critic', 'model']
    """

    pairing = Pairing.INDEPENDENT
    least_batch = 2
    least_latents = 2

    def __init__(
        self,
        widths: tuple[int, ...],
        *,
        gamma: Scheduled = 6.4,
        beta: Scheduled = 1.0,
        capacity: Scheduled | None = None,
        reduction: Reduction = "sum",
        critic_width: Width = 1000,
        critic_layers: Depth = 6,
        critic_lr: NonNegative = 1.0e-4,
    ) -> None:
        require(
            critic_width >= 1 and critic_layers >= 1, "the critic needs units and layers", (critic_width, critic_layers)
        )
        require(critic_lr > 0, "critic_lr must be positive", critic_lr)
        self.gamma, self.critic_lr = schedule(gamma, "gamma"), critic_lr
        self.weighting: Weighting = Weighting.of(beta, capacity, reduction)
        self.critic = critic(sum(widths), critic_width, critic_layers)

    def players(self) -> Mapping[str, Player]:
        """The critic."""
        return {"critic": Player(self.critic, self.critic_lr, (0.5, 0.9))}

    def latent_weights(self) -> Mapping[str, Schedule]:
        """KL and total correlation."""
        return {"beta": self.weighting.beta, "gamma": self.gamma}

    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """One loss for the model and one for the critic."""
        partner = partner_of(batch, self)
        passed = forward_pass(model, batch.images, batch)
        total = total_correlation(frozen(self.critic, passed.z))
        latent = self.weighting.kl(passed.kl, step) + self.gamma(step) * total
        loss = self.weighting.loss(model, passed.reconstruction, latent)
        against = critic_loss(self.critic, passed.z, self._permuted_codes(model, partner, batch))
        return passed.losses(loss, {"critic": against}, total_correlation=total, critic=against)

    def _permuted_codes(self, model: Model, partner: Tensor, batch: Batch) -> Tensor:
        """Codes of the second batch with permuted latents [B, D], without gradients."""
        shape = (len(partner), sum(model.widths))
        with torch.no_grad():
            codes = z_of(model.infer(partner, batch.normal(*shape)))
        return permuted(codes, batch.permutations(*shape))
