"""A rate that rises, then falls."""

from __future__ import annotations

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from unbraid.core import require
from unbraid.core.values import Natural

__all__ = ["linear"]


def linear(optimizer: Optimizer, steps: int, *, floor: float = 0.0, warmup: Natural = 0) -> LambdaLR:
    """Up over `warmup` steps, then linearly down to `floor` times the rate at the end of the phase.

    Args:
        optimizer: of the model.
        steps: of the phase.
        floor: where the rate ends, as a share of the optimiser's, in [0, 1].
        warmup: steps until the whole rate is reached, at least 0.

    Example:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
        >>> rate = linear(optimizer, steps=10, floor=0.2)
        >>> for _ in range(5):
        ...     optimizer.step()
        ...     rate.step()
        >>> round(rate.get_last_lr()[0], 3)  # half-way from 0.1 to 0.02
        0.06
    """
    require(0.0 <= floor <= 1.0 and warmup >= 0, "rate needs floor in 0 .. 1 and warmup >= 0", f"{floor}, {warmup}")

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 1.0 + (floor - 1.0) * ((step - warmup) / max(steps - warmup, 1))

    return LambdaLR(optimizer, factor)
