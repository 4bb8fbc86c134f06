"""Gaussian pixels of variance 1 around a sigmoid."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.models._likelihoods import Likelihood, squared_error

__all__ = ["GaussianHalf"]


class GaussianHalf(Likelihood):
    """Half the squared error of the sigmoid, 1/2 sum of (sigmoid - x)^2: pythae.

    The Gaussian of variance 1 around the sigmoid, up to a constant: nats.

    Args:
        output: decoder output [B, C, H, W] before the sigmoid.

    Example:
        >>> import torch
        >>> grey = GaussianHalf(torch.zeros(1, 1, 2, 2))
        >>> grey.mean[0, 0].tolist(), grey.error(torch.ones(1, 1, 2, 2)).item()  # four pixels that are 1
        ([[0.5, 0.5], [0.5, 0.5]], 0.5)
    """

    has_sigmoid = True

    def __init__(self, output: Tensor) -> None:
        self.mean = torch.sigmoid(output)

    def error(self, x: Tensor) -> Tensor:
        """Half the squared error [B]."""
        return 0.5 * squared_error(self.mean, x)
