"""Starting weights: the rules of the papers, and a start that does not explode. Randomness is torch's global stream."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)
WEIGHTED = (*CONVOLUTIONS, nn.Linear)


def kaiming_uniform(model: nn.Module) -> None:
    """He's uniform rule for ReLU on every weight, biases as torch leaves them (disentangling-vae)."""
    _weights(model, lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"))


def glorot_uniform(model: nn.Module) -> None:
    """Glorot's uniform rule on every weight, biases at zero: what TensorFlow starts from."""
    _weights(model, nn.init.xavier_uniform_)
    for module in model.modules():
        if isinstance(module, WEIGHTED) and module.bias is not None:
            nn.init.zeros_(module.bias)


def abdi_normal(model: nn.Module) -> None:
    """Glorot's normal rule on convolutions, He's on dense layers, biases as torch leaves them (Abdi et al., 2019)."""
    _weights(model, nn.init.xavier_normal_, CONVOLUTIONS)
    _weights(model, nn.init.kaiming_normal_, (nn.Linear,))


def _weights(
    model: nn.Module, rule: Callable[[torch.Tensor], torch.Tensor], kinds: tuple[type[nn.Module], ...] = WEIGHTED
) -> None:
    """Apply a rule to the weight of every layer of some kinds, in order."""
    for module in model.modules():
        if isinstance(module, kinds):
            rule(module.weight)  # type: ignore[arg-type]
