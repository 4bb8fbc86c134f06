"""What several networks are made of: dense chains, strided convolutions, TensorFlow's padding, the check of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from unbraid.core import UsageError, require
from unbraid.core.checks import sentence

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)
WEIGHTED = (*CONVOLUTIONS, nn.Linear)


def dense(widths: Sequence[int]) -> list[nn.Module]:
    """Linear and ReLU for each pair of neighbouring widths."""
    return [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), nn.ReLU())]


def halvings(channels: Sequence[int], padding: int = 1) -> list[nn.Module]:
    """4x4 convolutions of stride 2, each with a ReLU: [B, channels[0], H, W] -> [B, channels[-1], H / 2^n, W / 2^n]."""
    return [
        layer for a, b in pairwise(channels) for layer in (nn.Conv2d(a, b, 4, stride=2, padding=padding), nn.ReLU())
    ]


def doublings(channels: Sequence[int]) -> list[nn.Module]:
    """Transposed 4x4 convolutions of stride 2 with ReLUs between them; none after the last, which is the output."""
    layers: list[nn.Module] = []
    for a, b in pairwise(channels):
        layers += [nn.ConvTranspose2d(a, b, 4, stride=2, padding=1), nn.ReLU()]
    return layers[:-1]


def higgins(
    image_shape: tuple[int, int, int], latents: int, hidden: int, padding: int = 1
) -> tuple[nn.Sequential, nn.Sequential]:
    """Trunk and decoder after Higgins et al. for 64x64: 32, 32, 64, 64 channels and `hidden` dense units each way."""
    channels = [image_shape[0], 32, 32, 64, 64]
    side = 4 if padding == 1 else 5  # padding 2: 33, 17, 9, 5
    trunk = nn.Sequential(*halvings(channels, padding), nn.Flatten(), *dense([64 * side * side, hidden]))
    decoder = nn.Sequential(
        *dense([latents, hidden, 1024]), nn.Unflatten(1, (64, 4, 4)), *doublings([64, *channels[-2::-1]])
    )
    return trunk, decoder


def same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after a side of `size` in TensorFlow's "same" convolution; the odd one goes after.

    >>> same(64, kernel=3, stride=2), same(7, kernel=3, stride=2), same(9, kernel=4, stride=1)
    ((0, 1), (1, 1), (1, 2))
    """
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def same_convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, size: int = 1) -> list[nn.Module]:
    """TensorFlow's "same" convolution of images of `size` a side (which matters only where the stride is not 1)."""
    before, after = same(size, kernel, stride)
    if before == after:
        return [nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=before)]
    return [nn.ZeroPad2d((before, after, before, after)), nn.Conv2d(inputs, outputs, kernel, stride=stride)]


def require_latents(latents: int) -> None:
    """At least one latent; asked before any layer is made of them."""
    require(latents >= 1, "latents must be at least 1", latents)


def require_size(model: str, image_shape: tuple[int, int, int], sizes: Sequence[int]) -> int:
    """The side of square images, which must be one of `sizes`.

    Raises:
        UsageError: no channel, not square, or another side; the message says which sizes work.
    """
    channels, height, width = image_shape
    require(channels >= 1, f"{model} needs images with at least one channel", channels)
    if height != width or height not in sizes:
        works = " or ".join(f"{size}x{size}" for size in sizes)
        rule, do = f"{model} takes images of {works}", "resize them, or use mlp: it takes any size"
        raise UsageError(sentence(rule, f"{height}x{width}", do))
    return height
