"""Squared error as if pixels ran to 255."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.models._likelihoods import Likelihood, squared_error

__all__ = ["Gaussian255"]


class Gaussian255(Likelihood):
    """Squared error of the sigmoid times 255, 255 sum of (sigmoid - x)^2: Dubois et al.

    The Gaussian of variance 1/510 around the sigmoid, up to a constant.

    Args:
        output: decoder output [B, C, H, W] before the sigmoid.

    Example:
        >>> import torch
        >>> grey = Gaussian255(torch.zeros(1, 1, 2, 2))
        >>> grey.mean[0, 0].tolist(), grey.error(torch.ones(1, 1, 2, 2)).item()  # four pixels that are 1
        ([[0.5, 0.5], [0.5, 0.5]], 255.0)
    """

    has_sigmoid = True

    def __init__(self, output: Tensor) -> None:
        self.mean = torch.sigmoid(output)

    def error(self, x: Tensor) -> Tensor:
        """255 times the squared error [B]."""
        return 255.0 * squared_error(self.mean, x)
