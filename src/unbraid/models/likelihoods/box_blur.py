"""Squared error of images and of their blurred versions."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.core import require
from unbraid.models._likelihoods import Likelihood

__all__ = ["BoxBlur"]


class BoxBlur(Likelihood):
    """Squared error plus a weight times the squared error of the box-blurred images, without activation: Michlo et al.

    sum (output - x)^2 + weight * sum (K * output - K * x)^2, K the box filter of `box_blur`. A large filter makes
    squares that do not overlap look closer the nearer they are, which the plain squared error does not see.

    Args:
        output: decoder output [B, C, H, W], in the units of the (standardised) images.
        radius: of the box in pixels; None for half the image less one, which is the paper's 31 (63 x 63 pixels) at
            64 x 64. A box as wide as the image would see no positions at all.
        weight: of the blurred error; None for the pixels of the box, the paper's 3969.

    Example:
        >>> import torch
        >>> x = torch.zeros(2, 1, 8, 8)
        >>> x[0, 0, 4, 2], x[1, 0, 4, 5] = 1.0, 1.0
        >>> output = torch.zeros(2, 1, 8, 8)
        >>> output[:, 0, 4, 1] = 1.0  # one pixel beside the first target, four beside the second
        >>> BoxBlur(output, weight=0.0).error(x).tolist()  # the plain squared error does not see how near
        [2.0, 2.0]
        >>> near, far = BoxBlur(output, radius=2).error(x)
        >>> bool(near < far)
        True
    """

    def __init__(self, output: Tensor, *, radius: int | None = None, weight: float | None = None) -> None:
        require(radius is None or radius >= 0, "the radius of box_blur must not be negative", radius)
        widest = max(output.shape[-2:]) - 2
        rule = f"the radius of box_blur must be at most {widest} for images of {output.shape[-2]}x{output.shape[-1]}"
        too_wide = radius is not None and radius > max(widest, 0)  # every box then holds the whole image
        require(not too_wide, rule, radius, "lower model.likelihood.radius")
        require(weight is None or weight >= 0, "the weight of box_blur must not be negative", weight)
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
