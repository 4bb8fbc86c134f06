"""Likelihoods p(x | z) of images: what a decoder's output means (spec: sums over pixels, nats or squared error)."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.nn import functional

from unbraid.core import require_known


class Likelihood(ABC):
    """p(x | z) of one image head, up to a constant.

    Attributes:
        mean: the reconstruction [B, C, H, W], in the units of the input images.
    """

    mean: Tensor

    @abstractmethod
    def error(self, x: Tensor) -> Tensor:
        """Reconstruction error of images `x` [B, C, H, W], summed over pixels [B]; lower is better."""


class Bernoulli(Likelihood):
    """Cross-entropy of pixels in [0, 1] (soft targets allowed) against logits."""

    def __init__(self, output: Tensor) -> None:
        self.logits = output

    @property
    def mean(self) -> Tensor:  # type: ignore[override]
        """sigmoid(logits)."""
        return torch.sigmoid(self.logits)

    def error(self, x: Tensor) -> Tensor:
        """-log p(x | z) in nats [B]."""
        each = functional.binary_cross_entropy_with_logits(self.logits, x, reduction="none")
        return each.flatten(1).sum(1)


class SquaredError(Likelihood):
    """weight * sum of (mean - x)^2, the Gaussian with constant variance 1 / (2 weight).

    Args:
        output: decoder output [B, C, H, W].
        sigmoid: whether the mean is sigmoid(output) or the output itself.
        weight: 1, 1/2 or 255, as the published forms have it.
    """

    def __init__(self, output: Tensor, sigmoid: bool, weight: float) -> None:
        self.mean, self.weight = torch.sigmoid(output) if sigmoid else output, weight

    def error(self, x: Tensor) -> Tensor:
        """Weighted squared error [B]."""
        return self.weight * (self.mean - x).square().flatten(1).sum(1)


class AbsoluteError(Likelihood):
    """weight * sum of |mean - x|, the Laplace likelihood with constant scale."""

    def __init__(self, output: Tensor, weight: float) -> None:
        self.mean, self.weight = torch.sigmoid(output), weight

    def error(self, x: Tensor) -> Tensor:
        """Weighted absolute error [B]."""
        return self.weight * (self.mean - x).abs().flatten(1).sum(1)


class BoxBlurError(Likelihood):
    """Squared error plus weight * squared error of the blurred images (Michlo et al.), without activation.

    sum (mean - x)^2 + weight * sum (K * mean - K * x)^2, K the box filter of `box_blur`. A large filter makes squares
    that do not overlap look closer the nearer they are, which the plain squared error does not see.

    Args:
        output: decoder output [B, C, H, W], in the units of the (standardised) images.
        radius: of the box; None for half the image less one, which is the paper's 31 (63 x 63 pixels) at 64 x 64. A
            box as wide as the image would see no positions at all.
        weight: of the blurred error; None for the pixels of the box, the paper's 3969.
    """

    def __init__(self, output: Tensor, radius: int | None = None, weight: float | None = None) -> None:
        self.mean, self.radius = output, output.shape[-1] // 2 - 1 if radius is None else radius
        self.weight = float((2 * self.radius + 1) ** 2) if weight is None else weight

    def error(self, x: Tensor) -> Tensor:
        """Both errors, summed over pixels [B]."""
        difference = self.mean - x  # blurring is linear: the difference is blurred once
        blurred = box_blur(difference, self.radius)
        return (difference.square() + self.weight * blurred.square()).flatten(1).sum(1)


def box_blur(images: Tensor, radius: int) -> Tensor:
    """Mean over a (2 radius + 1)^2 box of each channel, with zeros outside the image [B, C, H, W].

    A box is the same in rows and columns, so it is two products with banded matrices.
    """
    down, across = (_band(size, radius, images) for size in images.shape[-2:])
    return down @ images @ across


def _band(size: int, radius: int, like: Tensor) -> Tensor:
    """1 / (2 radius + 1) within `radius` of the diagonal [size, size]."""
    place = torch.arange(size, device=like.device)
    near = (place.unsqueeze(1) - place).abs() <= radius
    return near.to(like.dtype) / (2 * radius + 1)


LIKELIHOODS = {  # name -> (what builds it from the decoder's output)
    "bernoulli": Bernoulli,
    "gaussian_sigmoid": lambda output: SquaredError(output, sigmoid=True, weight=1.0),
    "gaussian_half": lambda output: SquaredError(output, sigmoid=True, weight=0.5),
    "gaussian_255": lambda output: SquaredError(output, sigmoid=True, weight=255.0),
    "mse": lambda output: SquaredError(output, sigmoid=False, weight=1.0),
    "laplace3": lambda output: AbsoluteError(output, weight=3.0),
    "box_blur": BoxBlurError,
}


def likelihood(name: str, output: Tensor) -> Likelihood:
    """The likelihood called `name` of a decoder's output [B, C, H, W] before any activation."""
    if name not in LIKELIHOODS:
        require_known(name, LIKELIHOODS, "likelihood")
    return LIKELIHOODS[name](output)
