"""Layered network of the Tartu thesis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from unbraid.core import load_entry, require
from unbraid.core.values import Latents, Multiple
from unbraid.models import _boxhead
from unbraid.models._likelihoods import Likelihood, LikelihoodSpec, likelihood_of
from unbraid.models._links import Link
from unbraid.models._model import Adjust, Layer, Model, unchanged
from unbraid.models._posteriors import DiagonalGaussian, Posterior

__all__ = ["Towers"]


class Towers(Model):
    """Layered network of the Tartu thesis: stacked latent layers, each with its own sampling and its own decoder.

    The base encoder emits mean and log-variance of layer 1. The latent encoder of layer l + 1 reads those of layer l
    side by side: nothing is sampled between layers, and gradients flow through. 74,264,503 parameters as in the thesis.

    Args:
        image_shape: (channels, height, width); 32x32 or 64x64.
        latents: widths of the layers (D_1, ..., D_L), at least one layer.
        link: how a layer reads the one before, see `unbraid list links`: "dense" (every latent from all), "merge" (each
            latent from its own group of D_l / D_l+1: 120 -> 12 in groups of ten) or "split" (each latent into
            D_l+1 / D_l: 12 -> 144 in twelves).
        width: factor on all channels and dense units of base encoder and decoders, for pocket sizes.
        bn_before_last: batch norm before the last transposed convolution too, as Table 4 prints it.
        dropout: as in the two-layer experiments: 0.1 after convolutions, 0.3 after dense layers and in merging links.
        likelihood: see `unbraid list likelihoods`; the thesis has squared error of the sigmoid.

    Notes:
        Table 4 prints five transposed convolutions that do not reach 64x64; the thesis's code has six, as here. That
        code also drops pixels of the output itself where it has dropout; ours does not. Section 4.2 splits 12 latents
        into 144 in its text and into 120 in Figure 18. Torch's own initial weights.

    Source: Tartu thesis, sections 4.2 and 5.1, tables 1 to 4.

    Example:
        >>> import torch
        >>> model = Towers((3, 64, 64), latents=(12, 6, 3), width=0.125)
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '690,159 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [12, 6, 3]
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        latents: Sequence[Latents] = (500, 400, 300, 200, 100),
        link: str = "dense",
        width: Multiple = 1.0,
        bn_before_last: bool = False,
        dropout: bool = False,
        likelihood: LikelihoodSpec = "gaussian_sigmoid",
    ) -> None:
        super().__init__()
        require(not isinstance(latents, int) and len(latents) >= 1, "latents must list one width a layer", latents)
        require(all(width_l >= 1 for width_l in latents), "every layer needs at least one latent", list(latents))
        self._emit = likelihood_of(likelihood)
        self.image_shape, self.widths, self.likelihood = image_shape, tuple(latents), likelihood
        self.trunk, features = _boxhead.encoder(image_shape, width, dropout)
        self.head = nn.Linear(features, 2 * latents[0])
        links: list[Link] = [load_entry("links", link)(a, b, dropout) for a, b in pairwise(latents)]
        self.latent_encoders = nn.ModuleList(link.network for link in links)
        self.decoders = nn.ModuleList(
            _boxhead.decoder(width_l, image_shape, width, bn_before_last, dropout) for width_l in latents
        )
        self.posterior_heads = (self.head, *(head for link in links for head in link.posterior_heads))

    def infer(self, x: Tensor, noise: Tensor | None = None, adjust: Adjust = unchanged) -> tuple[Layer, ...]:
        """L layers; an adjusted posterior is what the next layer reads."""
        noises = [None] * len(self.widths) if noise is None else noise.split(self.widths, dim=1)
        moments, layers = self.head(self.trunk(x)), list[Layer]()
        for number, noise_l in enumerate(noises):
            if number:
                moments = self.latent_encoders[number - 1](_moments(layers[-1].posterior))
            posterior = adjust(number, DiagonalGaussian(*moments.chunk(2, dim=1)))
            layers.append(Layer(posterior, posterior.mean if noise_l is None else posterior.sample(noise_l)))
        return tuple(layers)

    def generate(self, z: Tensor) -> tuple[Likelihood, ...]:
        """L image heads: layer l's decoder sees layer l's codes only."""
        codes = z.split(self.widths, dim=1)
        return tuple(self._emit(decoder(z_l)) for decoder, z_l in zip(self.decoders, codes, strict=True))


def _moments(posterior: Posterior) -> Tensor:
    """Means and log-variances side by side [B, 2 D_l]."""
    return torch.cat([posterior.mean, posterior.logvar], dim=1)
