"""A rate that falls when training no longer improves."""

from __future__ import annotations

from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from unbraid.core import require
from unbraid.core.values import Natural, NonNegative

__all__ = ["plateau"]


def plateau(
    optimizer: Optimizer,
    steps: int,
    *,
    multiply: float = 0.95,
    patience: Natural = 1,
    threshold: float = 1.0e-4,
    min_lr: NonNegative = 1.0e-4,
) -> ReduceLROnPlateau:
    """Abdi et al.: times 0.95 after two epochs without improvement of the training loss, never below 1e-4.

    Args:
        optimizer: of the model.
        steps: of the phase.
        multiply: factor on the rate, between 0 and 1.
        patience: epochs without improvement that are let pass.
        threshold: an epoch improves when its mean loss is below (1 - threshold) times the best so far.
        min_lr: the rate never falls below; at most the optimiser's rate.

    Example:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
        >>> rate = plateau(optimizer, steps=10, multiply=0.5)
        >>> for _ in range(3):
        ...     optimizer.step()
        ...     rate.step(1.0)
        >>> rate.get_last_lr()  # two epochs no better than the first
        [0.05]
    """
    require(0.0 < multiply < 1.0, "plateau.multiply must lie between 0 and 1", multiply)
    lr = optimizer.param_groups[0]["lr"]
    rule = f"plateau.min_lr must be at most the optimiser's rate, {lr:g}, which would rise to it"
    require(min_lr <= lr, rule, min_lr, "lower rate.min_lr, or raise optimizer.lr")
    return ReduceLROnPlateau(optimizer, factor=multiply, patience=patience, threshold=threshold, min_lr=min_lr)
