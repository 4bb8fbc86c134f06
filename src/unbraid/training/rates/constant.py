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
    """
    return LambdaLR(optimizer, lambda step: 1.0)
