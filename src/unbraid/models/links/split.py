"""One latent becomes several."""

from __future__ import annotations

from unbraid.core import require
from unbraid.models._links import Link, grouped

__all__ = ["split"]


def split(before: int, after: int, dropout: bool = False) -> Link:
    """Each latent becomes after / before new ones: 12 -> 144 in twelves (Tartu thesis, 4.2).

    Args:
        before: latents of the layer read.
        after: latents of the next layer, a multiple of `before`.
        dropout: whether to drop 0.3 of the hidden units.

    Example:
        >>> import torch
        >>> network = split(2, 4).network
        >>> moments = torch.zeros(1, 4)
        >>> moments[0, 0] = 1.0  # the mean of z0
        >>> changed = network(moments) - network(torch.zeros(1, 4))
        >>> (changed != 0).tolist()  # means and log-variances of four latents: only the first two read it
        [[True, True, False, False, True, True, False, False]]
    """
    require(
        after % before == 0, "link=split needs each layer to be a multiple of the one before", f"{before} -> {after}"
    )
    return grouped(before, 1, after // before, dropout)
