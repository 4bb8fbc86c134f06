"""Adam."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import nn

from unbraid.core import require
from unbraid.core.values import NonNegative, Share

__all__ = ["adam"]


def adam(
    parameters: Iterable[nn.Parameter],
    *,
    lr: NonNegative = 5.0e-4,
    betas: Sequence[Share] = (0.9, 0.999),
    eps: NonNegative = 1.0e-8,
    weight_decay: NonNegative = 0.0,
) -> torch.optim.Adam:
    """Adam, fused into one kernel where the device has one.

    Args:
        parameters: what learns.
        lr: learning rate.
        betas: decay of the running means of the gradient and of its square.
        eps: added to the denominator.
        weight_decay: weight of an L2 penalty in the gradient.

    Source: Kingma & Ba (2015); arXiv:1412.6980.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> weight = nn.Parameter(torch.ones(1))
        >>> optimizer = adam([weight], lr=0.1)
        >>> weight.square().sum().backward()
        >>> optimizer.step()
        >>> round(weight.item(), 3)  # the first step is lr in the direction of the gradient's sign
        0.9
    """
    require(len(betas) == 2, "adam.betas must be two numbers", list(betas))
    parameters = list(parameters)
    fused = all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)
    return torch.optim.Adam(
        parameters, lr=lr, betas=(betas[0], betas[1]), eps=eps, weight_decay=weight_decay, fused=fused
    )
