"""A rate that stays."""

from __future__ import annotations

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

__all__ = ["constant"]


def constant(optimizer: Optimizer, steps: int) -> LambdaLR:
    """The optimiser's rate throughout.

    Args:
        optimizer: of the model.
        steps: of the phase.

    Example:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
        >>> rate = constant(optimizer, steps=10)
        >>> for _ in range(5):
        ...     optimizer.step()
        ...     rate.step()
        >>> rate.get_last_lr()
        [0.1]
    """
    return LambdaLR(optimizer, lambda step: 1.0)
