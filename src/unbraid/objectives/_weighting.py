"""How reconstruction and latent terms add up to a loss: weight of the KL, capacity, reduction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from torch import Tensor

from unbraid.core import require, require_choice
from unbraid.models import Model
from unbraid.objectives._schedules import Schedule, Scheduled, schedule

Reduction = Literal["sum", "mean"]


@dataclass(frozen=True)
class Weighting:
    r"""The one place where an objective's terms are weighted and added.

        KL term   beta KL              without capacity
                  beta |KL - C(t)|     with capacity: the absolute value of the batch mean, C in nats per image
        sum       L = rec + latent             rec summed over pixels, latent terms over latents (nats per image)
        mean      L = rec / P + latent / D     P pixels times channels, D latents ("beta normalisation")

    In the mean reduction every weight w of a latent term means what w P / D means in the sum reduction; see
    `beta_conventions`. That capacity may replace the KL of any objective is the rule of Abdi et al. (2019).

    Args:
        beta: weight of the KL, not negative.
        capacity: C(t) in nats per image, or None.
        reduction: "sum" or "mean".
    """

    beta: Schedule
    capacity: Schedule | None
    reduction: Reduction

    def __post_init__(self) -> None:
        require_choice(self.reduction, Reduction, "reduction")
        require(
            min(self.beta.start, self.beta.stop) >= 0, "beta, the weight of the KL, must not be negative", self.beta
        )
        if self.capacity is not None:
            least = min(self.capacity.start, self.capacity.stop)
            require(least >= 0, "capacity must not be negative (nats per image)", self.capacity)

    @classmethod
    def of(cls, beta: Scheduled, capacity: Scheduled | None, reduction: Reduction) -> Weighting:
        """From what a person writes: numbers or schedules."""
        return cls(schedule(beta, "beta"), None if capacity is None else schedule(capacity, "capacity"), reduction)

    def kl(self, kl: Tensor, step: int) -> Tensor:
        """The weighted KL term from the batch mean `kl`, a scalar in nats per image."""
        held = kl if self.capacity is None else (kl - self.capacity(step)).abs()
        return self.beta(step) * held

    def loss(self, model: Model, reconstruction: Tensor, latent: Tensor) -> Tensor:
        """Reconstruction error per image plus the weighted latent terms, reduced: scalar."""
        if self.reduction == "mean":
            return reconstruction / math.prod(model.image_shape) + latent / sum(model.widths)
        return reconstruction + latent


class BetaConventions(NamedTuple):
    """The same weight in both reductions."""

    sum: float
    mean: float


def beta_conventions(beta: float, reduction: Reduction, latents: int, pixels: int) -> BetaConventions:
    """A weight in both conventions: beta_mean = beta_sum * latents / pixels.

    Args:
        beta: the weight as given.
        reduction: the convention it is given in, "sum" or "mean".
        latents: D, all layers together.
        pixels: P, pixels times channels of one image.

    >>> round(beta_conventions(0.003, "mean", latents=9, pixels=3 * 64 * 64).sum, 3)
    4.096
    """
    require_choice(reduction, Reduction, "reduction")
    factor = latents / pixels
    return BetaConventions(beta, beta * factor) if reduction == "sum" else BetaConventions(beta / factor, beta)
