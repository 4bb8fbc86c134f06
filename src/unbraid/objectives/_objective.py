"""What an objective is: a model and a batch become one loss per player."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import torch
from torch import Tensor, nn

from unbraid.core import Remembers, require
from unbraid.models import Model
from unbraid.objectives._schedules import Schedule
from unbraid.objectives._weighting import Weighting, beta_conventions


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

    def permutations(self, rows: int, columns: int) -> Tensor:
        """An independent permutation of 0 .. rows - 1 in each column, int64 [rows, columns]."""
        return torch.rand(rows, columns, generator=self.generator, device=self.images.device).argsort(0)


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


class Objective(Remembers, ABC):
    """Turns a model and a batch into losses. Hyperparameters may be schedules (see `_schedules`).

    Attributes:
        pairing: what the sampler must add to the batch.
        needs_full_posterior: whether a diagonal posterior cannot serve.
        needs_diagonal_posterior: whether a full-covariance posterior cannot serve.
        weighting: weight of the KL, capacity and reduction; None where these words do not apply.
        least_batch: images that its terms compare; a smaller batch is refused before the first step.
        least_latents: latents that its terms compare.
    """

    pairing: Pairing = Pairing.NONE
    needs_full_posterior: bool = False
    needs_diagonal_posterior: bool = False
    weighting: Weighting | None = None
    least_batch: int = 1
    least_latents: int = 1

    def players(self) -> Mapping[str, Player]:
        """Players beyond the model, by name; none unless the objective has a critic."""
        return {}

    def __call__(self, model: Model, batch: Batch, step: int = 0) -> Losses:
        """Losses of one step: see `forward`."""
        return self.forward(model, batch, step)

    @abstractmethod
    def forward(self, model: Model, batch: Batch, step: int) -> Losses:
        """Losses of one step; `step` counts finished steps of the phase, 0 first."""

    def unsuited(self, model: Model) -> str:
        """What an objective of its own asks of a model beyond the posterior: words for what is missing, or ''."""
        return ""

    def check(self, model: Model) -> None:
        """Refuse a model that cannot work, before the first step.

        Raises:
            UsageError: the wrong kind of posterior, or whatever `unsuited` finds, with what would work.
        """
        has, name = model.posterior, type(self).__name__
        for needed, kind in ((self.needs_full_posterior, "full"), (self.needs_diagonal_posterior, "diagonal")):
            require(
                not needed or has == kind,
                f"{name} needs a model with a {kind} posterior covariance",
                f"posterior={has}",
                f"set model.posterior={kind} (every flat model takes it), or choose another objective",
            )
        require(not (missing := self.unsuited(model)), missing)

    def latent_weights(self) -> Mapping[str, Schedule]:
        """Weights of the latent terms by name, which the reduction converts: beta, unless there are more."""
        return {} if self.weighting is None else {"beta": self.weighting.beta}

    def conventions(self, model: Model) -> str:
        """Each latent weight, at the end of its schedule, in both reductions; one line for a run's log, or ''."""
        if self.weighting is None:
            return ""
        latents, pixels = sum(model.widths), math.prod(model.image_shape)
        converted = {
            name: beta_conventions(weight.final, self.weighting.reduction, latents, pixels)
            for name, weight in self.latent_weights().items()
        }
        weights = [f"{name} {both.sum:g} (sum) = {both.mean:.6g} (mean)" for name, both in converted.items()]
        return f"{', '.join(weights)}; {latents} latents, {pixels} pixels and channels"


def partner_of(batch: Batch, objective: Objective) -> Tensor:
    """The batch's partner images [B, C, H, W].

    Raises:
        UsageError: the batch has none.
    """
    require(
        batch.partner is not None,
        f"{type(objective).__name__} needs a partner for each image ({objective.pairing.value} pairing)",
        "a batch without partner",
        "give Batch(partner=...), or let unbraid train draw the pairs",
    )
    assert batch.partner is not None
    return batch.partner
