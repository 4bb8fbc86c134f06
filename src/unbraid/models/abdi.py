"""Network of Abdi et al. (2019)."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from unbraid.core import remembered
from unbraid.core.values import Latents
from unbraid.models._blocks import require_latents, require_size
from unbraid.models._initialise import abdi_normal
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["abdi"]

DOWN = (32, 32, 64, 128, 256)  # 3x3, stride 2, no padding: 31, 15, 7, 3, 1


@remembered
def abdi(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 20,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Convolutional network of Abdi et al. (2019): no padding down, and a wide decoder up.

    Encoder: 3x3 convolutions of stride 2 without padding, 32@31, 32@15, 64@7, 128@3, 256@1. Decoder: a 1x1 convolution
    to 256, transposed 4x4 convolutions of stride 2 to 256@2, 128@6, 128@14, 64@30, 64@62, and a 3x3 one of stride 1
    to 64x64. ReLU between layers. 407,944 + 2,039,363 parameters with three channels.

    Args:
        image_shape: (channels, 64, 64).
        latents: D.
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`.

    Notes:
        The paper says that all six transposed convolutions are 4x4 of stride 2; its code has five, and the last as
        above, which is what reaches 64x64. Starts from Glorot's normal rule on convolutions, He's on dense layers.

    Source: Abdi et al. (2019), appendix A.1, and disentanglement-pytorch.

    Example:
        >>> import torch
        >>> model = abdi((1, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '2,445,577 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [20]
    """
    require_latents(latents)
    require_size("abdi", image_shape, (64,))
    channels = image_shape[0]
    trunk = nn.Sequential(*_down([channels, *DOWN]), nn.Flatten())
    model = Flat(image_shape, trunk, DOWN[-1], _decoder(latents, channels), latents, posterior, likelihood)
    abdi_normal(model)
    return model


def _down(channels: list[int]) -> list[nn.Module]:
    """3x3 convolutions of stride 2 without padding, each with a ReLU."""
    return [layer for a, b in pairwise(channels) for layer in (nn.Conv2d(a, b, 3, stride=2), nn.ReLU())]


def _decoder(latents: int, channels: int) -> nn.Sequential:
    """[B, latents] -> [B, channels, 64, 64]."""
    layers: list[nn.Module] = [nn.Unflatten(1, (latents, 1, 1)), nn.Conv2d(latents, 256, 1), nn.ReLU()]
    layers += [nn.ConvTranspose2d(256, 256, 4, stride=2, padding=1), nn.ReLU()]  # 2x2
    for a, b in pairwise([256, 128, 128, 64, 64]):  # 6, 14, 30, 62
        layers += [nn.ConvTranspose2d(a, b, 4, stride=2), nn.ReLU()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, channels, 3))
