"""Every latent from all."""

from __future__ import annotations

from torch import nn

from unbraid.models._links import SLOPE, Link

__all__ = ["dense"]


def dense(before: int, after: int, dropout: bool = False) -> Link:
    """Two linear layers with a leaky ReLU: every latent may read every mean and log-variance (Tartu thesis, Table 1).

    Args:
        before: a, latents of the layer read.
        after: b, latents of the next layer.
        dropout: not used here: the thesis has none in this link.

    Example:
        >>> import torch
        >>> dense(6, 3).network(torch.zeros(1, 12)).shape  # means and log-variances of three latents
        torch.Size([1, 6])
    """
    network = nn.Sequential(nn.Linear(2 * before, 2 * before), nn.LeakyReLU(SLOPE), nn.Linear(2 * before, 2 * after))
    return Link(network, [network[-1]])
