"""What a model is: it infers layers of posteriors from images and generates images from codes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unbraid.core import Remembers, require, require_choice
from unbraid.models._likelihoods import Likelihood, LikelihoodSpec, likelihood_of
from unbraid.models._posteriors import Covariance, DiagonalGaussian, FullGaussian, Posterior

Adjust = Callable[[int, Posterior], Posterior]
Modules = tuple[nn.Module, ...] | nn.ModuleList


def unchanged(layer: int, posterior: Posterior) -> Posterior:
    """The adjustment that changes nothing."""
    return posterior


@dataclass(frozen=True)
class Layer:
    """One latent layer of a batch: its posterior and a code z [B, D_l] drawn from it. The prior is N(0, I)."""

    posterior: Posterior
    z: Tensor


class Model(Remembers, nn.Module, ABC):
    """Images to layers of posteriors, codes to likelihoods of images.

    A subclass calls `super().__init__()`, sets `widths` and `image_shape`, and has `infer` and `generate`. What else
    there is may be left as it is; whoever needs it says so by name before the first step.

    Attributes:
        widths: latents per layer (D_1, ..., D_L); (D,) for a flat model. Must be set.
        image_shape: (channels, height, width). Must be set.
        posterior: what `infer` emits: "diagonal", a `DiagonalGaussian`, or "full", a `FullGaussian`.
        likelihood: what the decoders put out, a name from `unbraid list likelihoods` or {name, options}; start=mean and
            start=small need it.
        decoders: networks that emit images, one per image head, in order; start=mean and start=small need them, and
            that nothing but a leaky ReLU follows the last dense or convolutional layer of each.
        posterior_heads: layers that emit posteriors; start=small gives them smaller weights than the others.
        latent_encoders: networks that read one latent layer and emit the next, L - 1 of them; the weight penalties of
            `layerwise` run over them.
        weight_penalty: factor of `penalty`.
    """

    widths: tuple[int, ...]
    image_shape: tuple[int, int, int]
    posterior: Covariance = "diagonal"
    likelihood: LikelihoodSpec = ""
    weight_penalty: float = 0.0

    def __init__(self) -> None:
        super().__init__()
        # set here, not in the class: torch looks for modules only where plain attributes are missing
        self.decoders: Modules = ()
        self.posterior_heads: Modules = ()
        self.latent_encoders: Modules = ()

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
        """Likelihoods of images given codes z [B, D] (all layers side by side): one for each layer, or one for all."""

    def forward(self, x: Tensor) -> Tensor:
        """Reconstructions [B, C, H, W] of images, from their posterior means; of the last image head."""
        return self.generate(z_of(self.infer(x)))[-1].mean

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
        likelihood: a name from `unbraid list likelihoods`, or {name, options}.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        trunk: nn.Module,
        features: int,
        decoder: nn.Module,
        latents: int,
        posterior: Covariance = "diagonal",
        likelihood: LikelihoodSpec = "bernoulli",
    ) -> None:
        super().__init__()
        require_choice(posterior, Covariance, "posterior")
        self.image_shape, self.widths = image_shape, (latents,)
        self.posterior, self.likelihood, self._emit = posterior, likelihood, likelihood_of(likelihood)
        self.trunk, self.decoder = trunk, decoder
        self.head = nn.Linear(features, 2 * latents if posterior == "diagonal" else latents + latents**2)
        self.posterior_heads, self.decoders = (self.head,), (decoder,)

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
        return (Layer(posterior, z),)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        """One image head."""
        return (self._emit(self.decoder(z)),)


def require_complete(model: object) -> None:
    """Refuse what is no model, or one that lacks what every model must have.

    Raises:
        UsageError: no `Model`, or one without `widths` or `image_shape`.
    """
    name = type(model).__name__
    require(isinstance(model, Model), "a model must be a subclass of unbraid.models.Model", name)
    missing = [attribute for attribute in ("widths", "image_shape") if not hasattr(model, attribute)]
    require(not missing, f"{name} must set {' and '.join(missing)}", do="set them in its __init__")


def z_of(layers: tuple[Layer, ...]) -> Tensor:
    """All layers' z side by side [B, D]."""
    return layers[0].z if len(layers) == 1 else torch.cat([layer.z for layer in layers], dim=1)
