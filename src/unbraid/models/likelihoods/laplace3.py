"""Absolute error, weighted."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.models._likelihoods import Likelihood

__all__ = ["Laplace3"]


class Laplace3(Likelihood):
    """Absolute error of the sigmoid times 3, 3 sum of |sigmoid - x|: Dubois et al.

    The Laplace distribution of scale 1/3 around the sigmoid, up to a constant.

    Args:
        output: decoder output [B, C, H, W] before the sigmoid.

    Example:
        >>> import torch
        >>> grey = Laplace3(torch.zeros(1, 1, 2, 2))
        >>> grey.mean[0, 0].tolist(), grey.error(torch.ones(1, 1, 2, 2)).item()  # four pixels that are 1
        ([[0.5, 0.5], [0.5, 0.5]], 6.0)
    """

    has_sigmoid = True

    def __init__(self, output: Tensor) -> None:
        self.mean = torch.sigmoid(output)

    def error(self, x: Tensor) -> Tensor:
        """Three times the absolute error [B]."""
        return 3.0 * (self.mean - x).abs().flatten(1).sum(1)
