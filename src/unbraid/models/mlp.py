"""Dense network: small, fast, and enough for 32x32 worlds."""

from __future__ import annotations

import math

from torch import nn

from unbraid.core import remembered, require
from unbraid.core.values import Depth, Latents, Width
from unbraid.models._blocks import dense, require_latents
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["mlp"]


@remembered
def mlp(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 10,
    hidden: Width = 256,
    depth: Depth = 2,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Dense network: `depth` hidden ReLU layers each way, mirrored.

    At 32x32 with its defaults it is 1024-256-256-(2 x 10) and back: the network of the pocket preset, which
    learns position and scale of dSprites within minutes on one core.

    Args:
        image_shape: (channels, height, width), any size.
        latents: D.
        hidden: units per hidden layer.
        depth: hidden layers each way, at least 1.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`.

    Example:
        >>> import torch
        >>> model = mlp((1, 32, 32))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '665,108 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
    """
    require_latents(latents)
    require(hidden >= 1 and depth >= 1, "hidden and depth must be at least 1", f"{hidden} and {depth}")
    pixels = math.prod(image_shape)
    trunk = nn.Sequential(nn.Flatten(), *dense([pixels] + [hidden] * depth))
    decoder = nn.Sequential(
        *dense([latents] + [hidden] * depth), nn.Linear(hidden, pixels), nn.Unflatten(1, image_shape)
    )
    return Flat(image_shape, trunk, hidden, decoder, latents, posterior, likelihood)
