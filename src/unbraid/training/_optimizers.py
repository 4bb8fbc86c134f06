"""Optimisers by name; the model's own. Critics bring theirs (see `unbraid.objectives.Player`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn
from torch.optim import Optimizer


def adam(
    parameters: Iterable[nn.Parameter],
    *,
    lr: float = 5.0e-4,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1.0e-8,
    weight_decay: float = 0.0,
) -> Optimizer:
    """Adam, fused into one kernel where the device has one."""
    parameters = list(parameters)
    fused = all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)
    return torch.optim.Adam(
        parameters, lr=lr, betas=(betas[0], betas[1]), eps=eps, weight_decay=weight_decay, fused=fused
    )


def adamax(
    parameters: Iterable[nn.Parameter],
    *,
    lr: float = 3.0e-4,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1.0e-8,
) -> Optimizer:
    """Adamax, which the Tartu thesis uses."""
    return torch.optim.Adamax(list(parameters), lr=lr, betas=(betas[0], betas[1]), eps=eps)


def sgd(parameters: Iterable[nn.Parameter], *, lr: float = 1.0e-2, momentum: float = 0.0) -> Optimizer:
    """Stochastic gradient descent."""
    return torch.optim.SGD(list(parameters), lr=lr, momentum=momentum)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"adam": adam, "adamax": adamax, "sgd": sgd}
