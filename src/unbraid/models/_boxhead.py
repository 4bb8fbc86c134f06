"""Base encoder and decoder of the Tartu thesis (tables 2 to 4): what one-layer and layered models are made from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from unbraid.core import require
from unbraid.models._blocks import require_size

SLOPE = 0.3  # negative slope of every leaky ReLU but the last
OUTPUT_SLOPE = 0.1
DENSE = 1024
CONVOLUTIONS = ((64, 4), (128, 4), (256, 2), (512, 2))  # channels and kernel, stride 2, no padding: table 2
DECONVOLUTIONS = (  # channels, kernel, stride, padding: table 4, and the thesis's code where the table falls short
    (256, 4, 2, 1),
    (256, 4, 1, 1),
    (128, 4, 2, 2),
    (128, 4, 2, 1),
    (64, 4, 1, 2),
)
DROPPED_CHANNELS, DROPPED_UNITS = 0.1, 0.3  # shares, in the two-layer experiments of section 4.2


def scaled(count: int, width: float) -> int:
    """A number of channels or units, scaled."""
    return max(1, round(count * width))


def encoder(image_shape: tuple[int, int, int], width: float = 1.0, dropout: bool = False) -> tuple[nn.Sequential, int]:
    """Base encoder up to the linear layer that emits the first posterior, and how many features it has.

    3x64x64 -> 64x31x31 -> 128x14x14 -> 256x7x7 -> 512x3x3, each a convolution, leaky ReLU and batch norm;
    then dense 1024 and batch norm.
    """
    side = require_size("the Boxhead network", image_shape, (32, 64))
    require(width > 0, "width must be positive", width)
    layers: list[nn.Module] = []
    channels = image_shape[0]
    for count, kernel in CONVOLUTIONS:
        after = scaled(count, width)
        layers += [nn.Conv2d(channels, after, kernel, stride=2), nn.LeakyReLU(SLOPE)]
        layers += [*_dropped(DROPPED_CHANNELS, dropout), nn.BatchNorm2d(after)]
        channels, side = after, (side - kernel) // 2 + 1
    features = scaled(DENSE, width)
    layers += [nn.Flatten(), nn.Linear(channels * side**2, features)]
    return nn.Sequential(*layers, *_dropped(DROPPED_UNITS, dropout), nn.BatchNorm1d(features)), features


def decoder(
    latents: int,
    image_shape: tuple[int, int, int],
    width: float = 1.0,
    bn_before_last: bool = False,
    dropout: bool = False,
) -> nn.Sequential:
    """Codes [B, latents] -> decoder output [B, C, H, W], before the sigmoid.

    dense 1024 -> batch norm -> dense 8192 -> batch norm -> 512x4x4 -> 256x8x8 -> 256x9x9 -> 128x16x16 -> 128x32x32 ->
    64x31x31 -> Cx64x64; each transposed convolution followed by leaky ReLU and batch norm, except that the last but one
    has a batch norm only if asked for, and the last a slope of 0.1 and none. At 32x32 it starts from 512x2x2.
    """
    base = image_shape[1] // 16
    channels = scaled(512, width)
    layers = _dense([latents, scaled(DENSE, width), channels * base**2], dropout)
    layers.append(nn.Unflatten(1, (channels, base, base)))
    for number, (count, kernel, stride, padding) in enumerate(DECONVOLUTIONS):
        after = scaled(count, width)
        layers += [nn.ConvTranspose2d(channels, after, kernel, stride=stride, padding=padding), nn.LeakyReLU(SLOPE)]
        layers += _dropped(DROPPED_CHANNELS, dropout)
        if bn_before_last or number + 1 < len(DECONVOLUTIONS):
            layers.append(nn.BatchNorm2d(after))
        channels = after
    return nn.Sequential(*layers, nn.ConvTranspose2d(channels, image_shape[0], 4, stride=2), nn.LeakyReLU(OUTPUT_SLOPE))


def _dense(widths: Sequence[int], dropout: bool) -> list[nn.Module]:
    """Dense layers with batch norm and without activation."""
    layers: list[nn.Module] = []
    for a, b in pairwise(widths):
        layers += [nn.Linear(a, b), *_dropped(DROPPED_UNITS, dropout), nn.BatchNorm1d(b)]
    return layers


def _dropped(share: float, dropout: bool) -> list[nn.Module]:
    """A dropout layer, if asked for."""
    return [nn.Dropout(share)] if dropout else []
