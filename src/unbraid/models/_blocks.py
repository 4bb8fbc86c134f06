"""What several networks are made of: dense chains, strided convolutions, and the check of image sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from unbraid.core import Mistake, need
from unbraid.core.checks import sentence


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
    layers: list[nn.Module] = [
        layer for a, b in pairwise(channels) for layer in (nn.ConvTranspose2d(a, b, 4, stride=2, padding=1), nn.ReLU())
    ]
    return layers[:-1]


def need_size(model: str, image_shape: tuple[int, int, int], sizes: Sequence[int]) -> int:
    """The side of square images, which must be one of `sizes`.

    Raises:
        Mistake: no channel, not square, or another side; the message says which sizes work.
    """
    channels, height, width = image_shape
    need(channels >= 1, f"{model} needs images with at least one channel", channels)
    if height != width or height not in sizes:
        works = " or ".join(f"{size}x{size}" for size in sizes)
        raise Mistake(
            sentence(
                f"{model} takes images of {works}", f"{height}x{width}", "resize them, or use mlp: it takes any size"
            )
        )
    return height
