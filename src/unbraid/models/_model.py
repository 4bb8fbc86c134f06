"""What a model is: it infers layers of posteriors from images and generates images from codes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unbraid.core import require_known
from unbraid.models._likelihoods import LIKELIHOODS, Likelihood, likelihood
from unbraid.models._posteriors import DiagonalGaussian, FullGaussian, Posterior, StandardNormal

Adjust = Callable[[int, Posterior], Posterior]


def unchanged(layer: int, posterior: Posterior) -> Posterior:
    """The adjustment that changes nothing."""
    return posterior


@dataclass(frozen=True)
class Layer:
    """One latent layer of a batch: its posterior, its prior and a code z [B, D_l] drawn from the posterior."""

    posterior: Posterior
    prior: StandardNormal
    z: Tensor


class Model(nn.Module, ABC):
    """Images to layers of posteriors, codes to likelihoods of images.

    Attributes:
        widths: latents per layer (D_1, ..., D_L); (D,) for a flat model.
        image_shape: (channels, height, width).
        likelihood: what the decoders' outputs mean, a name from `LIKELIHOODS`.
        heads: the layers that emit posteriors, and `decoders`, whose last layers emit images: `start_small` treats
            both apart.
        weight_penalty: factor of `penalty`.
    """

    widths: tuple[int, ...]
    image_shape: tuple[int, int, int]
    likelihood: str
    heads: tuple[nn.Module, ...] = ()
    decoders: tuple[nn.Module, ...] | nn.ModuleList
    weight_penalty: float = 0.0

    @abstractmethod
    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        """Posteriors of images and codes drawn from them.

        Args:
            x: images [B, C, H, W], float, in [0, 1] or standardised.
            noise: standard normal [B, D], all layers side by side; None takes z = the posterior mean.
            adjust: runs on (layer number, posterior) before sampling; weak pairs share latents there.
        """

    @abstractmethod
    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        """Likelihoods of images given codes z [B, D] (all layers side by side): one per image head."""

    def penalty(self) -> Tensor | None:
        """`weight_penalty` times the sum of all squared weights (no biases): a scalar to add to the loss, or None."""
        if not self.weight_penalty:
            return None
        squares = [weight.square().sum() for weight in self.parameters() if weight.ndim > 1]
        return self.weight_penalty * torch.stack(squares).sum()


class Flat(Model):
    """A model of one latent layer: trunk, linear head, decoder.

    Args:
        image_shape: (channels, height, width).
        trunk: images [B, C, H, W] -> features [B, F].
        features: F.
        decoder: codes [B, D] -> decoder output [B, C, H, W] before any activation.
        latents: D.
        posterior: "diagonal" (head of 2 D: means, then log-variances) or "full" (head of D + D^2).
        likelihood: a name from `LIKELIHOODS`.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        trunk: nn.Module,
        features: int,
        decoder: nn.Module,
        latents: int,
        posterior: str = "diagonal",
        likelihood: str = "bernoulli",
    ) -> None:
        super().__init__()
        require_known(posterior, ("diagonal", "full"), "posterior")
        require_known(likelihood, LIKELIHOODS, "likelihood")
        self.image_shape, self.widths = image_shape, (latents,)
        self.posterior, self.likelihood = posterior, likelihood
        self.trunk, self.decoder = trunk, decoder
        self.head = nn.Linear(features, 2 * latents if posterior == "diagonal" else latents + latents**2)
        self.heads, self.decoders = (self.head,), (decoder,)

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        """One layer."""
        latents = self.widths[0]
        mean, rest = self.head(self.trunk(x)).split([latents, self.head.out_features - latents], dim=1)
        posterior: Posterior
        if self.posterior == "diagonal":
            posterior = DiagonalGaussian(mean, rest)
        else:
            posterior = FullGaussian(mean, rest.unflatten(1, (latents, latents)))
        posterior = adjust(0, posterior)
        z = posterior.mean if noise is None else posterior.sample(noise)
        return (Layer(posterior, StandardNormal(latents), z),)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        """One image head."""
        return (likelihood(self.likelihood, self.decoder(z)),)


def z_of(layers: tuple[Layer, ...]) -> Tensor:
    """All layers' z side by side [B, D]."""
    return layers[0].z if len(layers) == 1 else torch.cat([layer.z for layer in layers], dim=1)
