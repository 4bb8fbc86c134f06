"""What a link is, and the small networks of the links that keep latents in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

SLOPE = 0.3  # Tartu thesis, Table 1
HIDDEN = 32  # units of the small networks of section 4.2
DROPPED = 0.3


class Link(NamedTuple):
    """How one latent layer reads another.

    Attributes:
        network: (means, log-variances) of a latents [B, 2a] -> those of b latents [B, 2b].
        posterior_heads: its layers that emit them.
    """

    network: nn.Module
    posterior_heads: Sequence[nn.Module]


class Grouped(nn.Module):
    """Neighbouring latents in fixed groups, each read by a small network of its own (section 4.2).

    Args:
        groups: how many small networks.
        before: latents each reads.
        after: latents each emits.
        dropout: whether to drop 0.3 of their hidden units.
    """

    def __init__(self, groups: int, before: int, after: int, dropout: bool) -> None:
        super().__init__()
        self.groups = groups
        self.networks = nn.ModuleList(_small(2 * before, 2 * after, dropout) for _ in range(groups))

    def forward(self, moments: Tensor) -> Tensor:
        """[B, 2a] -> [B, 2b]."""
        means, logvars = (half.chunk(self.groups, dim=1) for half in moments.chunk(2, dim=1))
        emitted = [
            network(torch.cat(group, dim=1))
            for network, group in zip(self.networks, zip(means, logvars, strict=True), strict=True)
        ]
        halves = [moments.chunk(2, dim=1) for moments in emitted]
        return torch.cat([mean for mean, _ in halves] + [logvar for _, logvar in halves], dim=1)


def grouped(groups: int, before: int, after: int, dropout: bool) -> Link:
    """A `Grouped` network and the last layers of its small networks."""
    network = Grouped(groups, before, after, dropout)
    return Link(network, [small[-1] for small in network.networks])  # type: ignore[index]


def _small(inputs: int, outputs: int, dropout: bool) -> nn.Sequential:
    """Dense 32, 32 with ReLU (and dropout), then the moments."""
    layers: list[nn.Module] = []
    for width in (inputs, HIDDEN):
        layers += [nn.Linear(width, HIDDEN), nn.ReLU(), *([nn.Dropout(DROPPED)] if dropout else [])]
    return nn.Sequential(*layers, nn.Linear(HIDDEN, outputs))
