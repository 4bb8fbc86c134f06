"""Adamax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import nn

from unbraid.core import require
from unbraid.core.values import NonNegative, Share

__all__ = ["adamax"]


def adamax(
    parameters: Iterable[nn.Parameter],
    *,
    lr: NonNegative = 3.0e-4,
    betas: Sequence[Share] = (0.9, 0.999),
    eps: NonNegative = 1.0e-8,
) -> torch.optim.Adamax:
    """Adamax, Adam with the largest gradient in place of its mean square: the Tartu thesis.

    Args:
        parameters: what learns.
        lr: learning rate.
        betas: decay of the running mean of the gradient and of its largest value.
        eps: added to the denominator.

    Source: Kingma & Ba (2015), section 7.1; arXiv:1412.6980.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> weight = nn.Parameter(torch.ones(1))
        >>> optimizer = adamax([weight], lr=0.1)
        >>> weight.square().sum().backward()
        >>> optimizer.step()
        >>> round(weight.item(), 3)  # the first step is lr in the direction of the gradient's sign
        0.9
    """
    require(len(betas) == 2, "adamax.betas must be two numbers", list(betas))
    return torch.optim.Adamax(list(parameters), lr=lr, betas=(betas[0], betas[1]), eps=eps)
