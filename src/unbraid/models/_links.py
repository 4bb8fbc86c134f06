"""How one latent layer reads another: (means, log-variances) of a latents [B, 2a] -> those of b latents [B, 2b]."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from unbraid.core import require

SLOPE = 0.3  # Tartu thesis, Table 1
HIDDEN = 32  # units of the small networks of section 4.2
DROPPED = 0.3


class Dense(nn.Sequential):
    """Two linear layers with a leaky ReLU: every latent may read every mean and log-variance (Table 1).

    Args:
        before: a, latents of the layer read.
        after: b, latents of the next layer.
        dropout: not used here: the thesis has none in this link.
    """

    def __init__(self, before: int, after: int, dropout: bool = False) -> None:
        super().__init__(nn.Linear(2 * before, 2 * before), nn.LeakyReLU(SLOPE), nn.Linear(2 * before, 2 * after))

    def heads(self) -> list[nn.Module]:
        """Layers that emit posteriors."""
        return [self[-1]]


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
        each = [
            network(torch.cat(group, dim=1))
            for network, group in zip(self.networks, zip(means, logvars, strict=True), strict=True)
        ]
        halves = [moments.chunk(2, dim=1) for moments in each]
        return torch.cat([mean for mean, _ in halves] + [logvar for _, logvar in halves], dim=1)

    def heads(self) -> list[nn.Module]:
        """Layers that emit posteriors."""
        return [network[-1] for network in self.networks]  # type: ignore[index]


def merge(before: int, after: int, dropout: bool = False) -> Grouped:
    """Each new latent reads a group of before / after latents."""
    require(before % after == 0, "link=merge needs each layer to divide the one before", f"{before} -> {after}")
    return Grouped(after, before // after, 1, dropout)


def split(before: int, after: int, dropout: bool = False) -> Grouped:
    """Each latent becomes after / before new ones."""
    require(
        after % before == 0, "link=split needs each layer to be a multiple of the one before", f"{before} -> {after}"
    )
    return Grouped(before, 1, after // before, dropout)


LINKS = {"dense": Dense, "merge": merge, "split": split}


def _small(inputs: int, outputs: int, dropout: bool) -> nn.Sequential:
    """Dense 32, 32 with ReLU (and dropout), then the moments."""
    layers: list[nn.Module] = []
    for width in (inputs, HIDDEN):
        layers += [nn.Linear(width, HIDDEN), nn.ReLU(), *([nn.Dropout(DROPPED)] if dropout else [])]
    return nn.Sequential(*layers, nn.Linear(HIDDEN, outputs))
