"""Bernoulli pixels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from unbraid.models._likelihoods import Likelihood

__all__ = ["Bernoulli"]


class Bernoulli(Likelihood):
    """Cross-entropy of pixels in [0, 1] against logits, in nats; grey targets are allowed.

    Args:
        output: logits [B, C, H, W].

    Example:
        >>> import torch
        >>> grey = Bernoulli(torch.zeros(1, 1, 2, 2))
        >>> grey.mean[0, 0].tolist(), round(grey.error(torch.ones(1, 1, 2, 2)).item(), 3)  # 4 log 2
        ([[0.5, 0.5], [0.5, 0.5]], 2.773)
    """

    has_sigmoid = True

    def __init__(self, output: Tensor) -> None:
        self.logits = output

    @property
    def mean(self) -> Tensor:  # type: ignore[override]
        """sigmoid(logits) [B, C, H, W]; made when asked for, since the error does not need it."""
        return torch.sigmoid(self.logits)

    def error(self, x: Tensor) -> Tensor:
        """-log p(x | z) in nats [B]."""
        entropies = functional.binary_cross_entropy_with_logits(self.logits, x, reduction="none")
        return entropies.flatten(1).sum(1)
