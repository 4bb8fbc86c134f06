"""Gaussian pixels of variance 1/2 around a sigmoid."""

from __future__ import annotations

import torch
from torch import Tensor

from unbraid.models._likelihoods import Likelihood, squared_error

__all__ = ["GaussianSigmoid"]


class GaussianSigmoid(Likelihood):
    """Squared error of the sigmoid, sum of (sigmoid - x)^2, without 1/2: the Tartu thesis.

    The Gaussian of variance 1/2 around the sigmoid, up to a constant.

    Args:
        output: decoder output [B, C, H, W] before the sigmoid.

    Example:
        >>> import torch
        >>> grey = GaussianSigmoid(torch.zeros(1, 1, 2, 2))
        >>> grey.mean[0, 0].tolist(), grey.error(torch.ones(1, 1, 2, 2)).item()  # four pixels that are 1
        ([[0.5, 0.5], [0.5, 0.5]], 1.0)
    """

    has_sigmoid = True

    def __init__(self, output: Tensor) -> None:
        self.mean = torch.sigmoid(output)

    def error(self, x: Tensor) -> Tensor:
        """Squared error [B]."""
        return squared_error(self.mean, x)
