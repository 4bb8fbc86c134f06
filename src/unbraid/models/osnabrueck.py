"""Network of the Osnabrück β-VAE."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from unbraid.core import remembered, require
from unbraid.core.values import Latents, Multiple, NonNegative, Share
from unbraid.models._blocks import require_latents, require_size, same_convolution
from unbraid.models._initialise import glorot_uniform
from unbraid.models._likelihoods import LikelihoodSpec
from unbraid.models._model import Flat
from unbraid.models._posteriors import Covariance

__all__ = ["osnabrueck"]

SHAPES = {  # side -> (side after the encoder, side before the decoder, strides of its four transposed convolutions)
    28: (4, 7, (2, 2, 1, 1)),
    32: (4, 4, (2, 2, 2, 1)),
    64: (8, 8, (2, 2, 2, 1)),
}


@remembered
def osnabrueck(
    image_shape: tuple[int, int, int],
    *,
    latents: Latents = 10,
    width: Multiple = 1.0,
    dropout: Share = 0.0,
    batch_norm: bool = False,
    weight_penalty: NonNegative = 1.0e-4,
    posterior: Covariance = "diagonal",
    likelihood: LikelihoodSpec = "bernoulli",
) -> Flat:
    """Convolutional network of the Osnabrück β-VAE: 32, 64, 64 kernels, straight to the posterior; 28, 32 or 64 pixels.

    Encoder: 3x3 convolutions of stride 2, "same" padding as TensorFlow has it: 32@32, 64@16, 64@8 at 64x64 (at 28x28
    14, 7, 4 pixels a side). Decoder: dense, transposed 3x3 convolutions 64, 64, 32 and one to the image. ReLU between.

    Args:
        image_shape: (channels, height, width); 28x28, 32x32 or 64x64.
        latents: D.
        width: factor on the kernels of every layer; the authors tried more than 1.
        dropout: share of values dropped after each hidden activation, in [0, 1); the authors tried it.
        batch_norm: normalise before each hidden activation; the authors tried it.
        weight_penalty: factor of the sum of squared weights that is added to the loss ("a slight L2").
        posterior: "diagonal" or "full".
        likelihood: see `unbraid list likelihoods`.

    Notes:
        The report gives kernels only; size, stride and activation are those of the TensorFlow tutorial it builds on,
        and so are the first weights (Glorot's uniform rule, zero biases). Which layers carry the L2 is not said: all.

    Source: Osnabrück report on β-VAE, spatial broadcast decoder and hyperprior VAE, section IV.A.

    Example:
        >>> import torch
        >>> model = osnabrueck((1, 64, 64))
        >>> f"{sum(p.numel() for p in model.parameters()):,} parameters"
        '275,349 parameters'
        >>> [layer.z.shape[1] for layer in model.infer(torch.zeros(2, *model.image_shape))]
        [10]
    """
    require_latents(latents)
    size = require_size("osnabrueck", image_shape, tuple(SHAPES))
    require(width > 0, "width must be positive", width)
    require(0 <= dropout < 1, "dropout must be in [0, 1)", dropout)
    require(weight_penalty >= 0, "weight_penalty must not be negative", weight_penalty)
    few, many = (max(1, round(width * kernels)) for kernels in (32, 64))
    after, before, strides = SHAPES[size]
    hidden = _Hidden(batch_norm, dropout)
    trunk = nn.Sequential(*_down([image_shape[0], few, many, many], size, hidden), nn.Flatten())
    base = nn.Sequential(nn.Linear(latents, many * before**2), nn.ReLU(), nn.Unflatten(1, (many, before, before)))
    decoder = nn.Sequential(*base, *_up([many, many, many, few, image_shape[0]], strides, hidden))
    model = Flat(image_shape, trunk, many * after**2, decoder, latents, posterior, likelihood)
    model.weight_penalty = weight_penalty
    glorot_uniform(model)
    return model


class _Hidden:
    """What follows a hidden convolution: optional normalisation, ReLU, optional dropout."""

    def __init__(self, batch_norm: bool, dropout: float) -> None:
        self.batch_norm, self.dropout = batch_norm, dropout

    def after(self, channels: int) -> list[nn.Module]:
        """The layers, for so many channels."""
        normalised: list[nn.Module] = [nn.BatchNorm2d(channels)] if self.batch_norm else []
        dropped: list[nn.Module] = [nn.Dropout(self.dropout)] if self.dropout else []
        return [*normalised, nn.ReLU(), *dropped]


def _down(channels: list[int], size: int, hidden: _Hidden) -> list[nn.Module]:
    """3x3 convolutions of stride 2, "same", each with its activation."""
    layers: list[nn.Module] = []
    for a, b in pairwise(channels):
        layers += [*same_convolution(a, b, kernel=3, stride=2, size=size), *hidden.after(b)]
        size = -(-size // 2)
    return layers


def _up(channels: list[int], strides: tuple[int, ...], hidden: _Hidden) -> list[nn.Module]:
    """Transposed 3x3 convolutions, "same", with activations between them."""
    layers: list[nn.Module] = []
    for (a, b), stride in zip(pairwise(channels), strides, strict=True):
        if layers:
            layers += hidden.after(a)
        layers.append(nn.ConvTranspose2d(a, b, 3, stride=stride, padding=1 if stride == 1 else 0))
        if stride == 2:
            layers.append(nn.ZeroPad2d((0, -1, 0, -1)))  # "same" drops the last row and column: 2n + 1 -> 2n
    return layers
