"""Squared error without activation."""

from __future__ import annotations

from torch import Tensor

from unbraid.models._likelihoods import Likelihood, squared_error

__all__ = ["MSE"]


class MSE(Likelihood):
    """Squared error of the output itself, sum of (output - x)^2; usually of standardised images: Michlo et al.

    Args:
        output: decoder output [B, C, H, W], in the units of the images.

    Example:
        >>> import torch
        >>> MSE(torch.full((1, 1, 2, 2), 3.0)).error(torch.ones(1, 1, 2, 2))  # four times (3 - 1)^2
        tensor([16.])
    """

    def __init__(self, output: Tensor) -> None:
        self.mean = output

    def error(self, x: Tensor) -> Tensor:
        """Squared error [B]."""
        return squared_error(self.mean, x)
