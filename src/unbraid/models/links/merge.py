"""Groups of latents become one."""

from __future__ import annotations

from unbraid.core import require
from unbraid.models._links import Link, grouped

__all__ = ["merge"]


def merge(before: int, after: int, dropout: bool = False) -> Link:
    """Each new latent reads its own group of before / after latents: 120 -> 12 in groups of ten (Tartu thesis, 4.2).

    Args:
        before: latents of the layer read, a multiple of `after`.
        after: latents of the next layer.
        dropout: whether to drop 0.3 of the hidden units.

    Example:
        >>> import torch
        >>> network = merge(6, 2).network
        >>> moments = torch.zeros(1, 12)
        >>> moments[0, 0] = 1.0  # the mean of z0, in the first group of three
        >>> changed = network(moments) - network(torch.zeros(1, 12))
        >>> (changed != 0).tolist()  # means and log-variances of two latents: only the first reads it
        [[True, False, True, False]]
    """
    require(before % after == 0, "link=merge needs each layer to divide the one before", f"{before} -> {after}")
    return grouped(after, before // after, 1, dropout)
