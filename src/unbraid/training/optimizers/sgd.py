"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from unbraid.core.values import NonNegative

__all__ = ["sgd"]


def sgd(
    parameters: Iterable[nn.Parameter], *, lr: NonNegative = 1.0e-2, momentum: NonNegative = 0.0
) -> torch.optim.SGD:
    """Stochastic gradient descent, with momentum if asked for.

    Args:
        parameters: what learns.
        lr: learning rate.
        momentum: share of the last update that is kept.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> weight = nn.Parameter(torch.ones(1))
        >>> optimizer = sgd([weight], lr=0.1)
        >>> weight.square().sum().backward()  # gradient 2
        >>> optimizer.step()
        >>> round(weight.item(), 3)
        0.8
    """
    return torch.optim.SGD(list(parameters), lr=lr, momentum=momentum)
