"""Somebody else's optimiser and rates."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR


def rmsprop(parameters: Iterable[nn.Parameter], *, lr: float = 1.0e-3) -> Optimizer:
    """Root mean square."""
    return torch.optim.RMSprop(list(parameters), lr=lr)


def cosine(optimizer: Optimizer, steps: int, *, floor: float = 0.0) -> CosineAnnealingLR:
    """Half a cosine down to `floor`; each step follows from the one before."""
    return CosineAnnealingLR(optimizer, steps, eta_min=floor)
