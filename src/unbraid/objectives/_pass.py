"""One forward pass of a model: what every objective starts from, and what the log says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from unbraid.models import Adjust, Layer, Likelihood, Model, unchanged, z_of
from unbraid.objectives._objective import Batch, Losses


@dataclass(frozen=True)
class Pass:
    """One forward pass of a model over images.

    Args:
        layers: posteriors and codes [L].
        heads: likelihoods, one per image head.
        error: reconstruction error summed over pixels [heads, B].
        divergence: KL in nats per latent, per layer: L arrays [B, D_l].
    """

    layers: tuple[Layer, ...]
    heads: tuple[Likelihood, ...]
    error: Tensor
    divergence: tuple[Tensor, ...]

    @cached_property
    def z(self) -> Tensor:
        """Codes of all layers side by side [B, D]."""
        return z_of(self.layers)

    @cached_property
    def mean(self) -> Tensor:
        """Posterior means of all layers side by side [B, D]."""
        return torch.cat([layer.posterior.mean for layer in self.layers], dim=1)

    @cached_property
    def logvar(self) -> Tensor:
        """Posterior log-variances of all layers side by side [B, D]."""
        return torch.cat([layer.posterior.logvar for layer in self.layers], dim=1)

    @cached_property
    def reconstruction(self) -> Tensor:
        """Error summed over heads, mean over the batch: scalar."""
        return self.error.sum(0).mean()

    @cached_property
    def layer_kl(self) -> Tensor:
        """KL of each layer, summed over its latents, mean over the batch [L], nats."""
        return torch.stack([divergence.sum(1).mean() for divergence in self.divergence])

    @cached_property
    def kl(self) -> Tensor:
        """KL summed over latents and layers, mean over the batch: scalar, nats."""
        return self.layer_kl.sum()

    def losses(self, loss: Tensor, others: Mapping[str, Tensor] | None = None, **terms: Tensor) -> Losses:
        """Losses with the usual terms of the log, `terms` added to them, and losses of other players."""
        logged = {"reconstruction": self.reconstruction, "kl": self.kl}
        if len(self.divergence) > 1:
            logged |= {f"kl/{number}": kl for number, kl in enumerate(self.layer_kl)}
        if len(self.error) > 1:
            logged |= {f"reconstruction/{number}": error.mean() for number, error in enumerate(self.error)}
        detached = {name: value.detach() for name, value in (logged | terms).items()}
        return Losses({"model": loss, **(others or {})}, detached)


def forward_pass(model: Model, images: Tensor, batch: Batch, adjust: Adjust = unchanged) -> Pass:
    """Infer, sample with the step's noise, generate and compare with `images` [B, C, H, W]."""
    noise = batch.normal(len(images), sum(model.widths))
    layers = model.infer(images, noise, adjust)
    heads = model.generate(z_of(layers))
    error = torch.stack([head.error(images) for head in heads])
    divergence = tuple(layer.posterior.divergence() for layer in layers)
    return Pass(layers, heads, error, divergence)
