"""A rate that rises, then falls."""

from __future__ import annotations

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from unbraid.core import require

__all__ = ["linear"]


def linear(optimizer: Optimizer, steps: int, *, floor: float = 0.0, warmup: int = 0) -> LambdaLR:
    """Up over `warmup` steps, then linearly down to `floor` times the rate at the end of the phase.

    Args:
        optimizer: of the model.
        steps: of the phase.
        floor: where the rate ends, as a share of the optimiser's, in [0, 1].
        warmup: steps until the whole rate is reached, at least 0.
    """
    require(0.0 <= floor <= 1.0 and warmup >= 0, "rate needs floor in 0 .. 1 and warmup >= 0", f"{floor}, {warmup}")

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return 1.0 + (floor - 1.0) * ((step - warmup) / max(steps - warmup, 1))

    return LambdaLR(optimizer, factor)
