"""What an objective is: a model and a batch become one loss per player."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import torch
from torch import Tensor, nn

from unbraid.models import Adjust, Layer, Likelihood, Model, codes_of, keep


class Pairing(Enum):
    """What an objective needs beside its batch.

    NONE: nothing. INDEPENDENT: a second batch drawn on its own (FactorVAE's critic).
    SPARSE: for each image a partner that differs in a few factors (weak supervision).
    """

    NONE = "none"
    INDEPENDENT = "independent"
    SPARSE = "sparse"


@dataclass(frozen=True)
class Batch:
    """What one step sees.

    Args:
        images: [B, C, H, W] float, in [0, 1] or standardised.
        generator: the step's own random stream, on the device of `images`; all noise is drawn from it, in order.
        rows: number of training images N (the minibatch estimators of total correlation need it).
        partner: [B, C, H, W] where the objective's pairing asks for it, else None.
    """

    images: Tensor
    generator: torch.Generator
    rows: int
    partner: Tensor | None = None

    def normal(self, *shape: int) -> Tensor:
        """Standard normal noise of `shape`, from this step's stream."""
        return torch.randn(shape, generator=self.generator, device=self.images.device, dtype=self.images.dtype)


@dataclass(frozen=True)
class Player:
    """A module that descends a loss of its own, with its own Adam."""

    module: nn.Module
    lr: float
    betas: tuple[float, float]


@dataclass(frozen=True)
class Losses:
    """One scalar per player in `of` ("model" is always there) and named values for the log in `terms`.

    Terms are in nats per image (or squared error, as the likelihood has it), detached, never reduced further.
    """

    of: Mapping[str, Tensor]
    terms: Mapping[str, Tensor] = field(default_factory=dict)


class Objective(ABC):
    """Turns a model and a batch into losses. Hyperparameters may be schedules (see `_schedules`).

    Attributes:
        pairing: what the sampler must add to the batch.
        needs_full_posterior: whether a diagonal posterior cannot serve.
    """

    pairing: Pairing = Pairing.NONE
    needs_full_posterior: bool = False

    def players(self) -> Mapping[str, Player]:
        """Players beyond the model, by name; none unless the objective has a critic."""
        return {}

    @abstractmethod
    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Losses of one step; `step` counts finished steps of the phase, 0 first."""


@dataclass(frozen=True)
class Pass:
    """One forward pass of a model over images.

    Args:
        layers: posteriors, priors and codes [L].
        heads: likelihoods, one per image head.
        error: reconstruction error summed over pixels [heads, B].
        divergence: KL in nats per latent, per layer: L arrays [B, D_l].
    """

    layers: tuple[Layer, ...]
    heads: tuple[Likelihood, ...]
    error: Tensor
    divergence: tuple[Tensor, ...]

    @property
    def z(self) -> Tensor:
        """Codes of all layers side by side [B, D]."""
        return codes_of(self.layers)

    @property
    def reconstruction(self) -> Tensor:
        """Error summed over heads, mean over the batch: scalar."""
        return self.error.sum(0).mean()

    @property
    def kl(self) -> Tensor:
        """KL summed over latents and layers, mean over the batch: scalar, nats."""
        return torch.stack([each.sum(1).mean() for each in self.divergence]).sum()


def forward_pass(model: Model, images: Tensor, batch: Batch, adjust: Adjust = keep) -> Pass:
    """Infer, sample with the step's noise, generate and compare with `images` [B, C, H, W]."""
    noise = batch.normal(len(images), sum(model.widths))
    layers = model.infer(images, noise, adjust)
    heads = model.generate(codes_of(layers))
    error = torch.stack([head.error(images) for head in heads])
    divergence = tuple(layer.posterior.divergence(layer.prior) for layer in layers)
    return Pass(layers, heads, error, divergence)
