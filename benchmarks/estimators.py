"""Bias of the minibatch estimates of information, total correlation and dimension-wise KL, in nats.

Two worlds of 1,024 images with known posteriors: a grid of 32 x 32 means on two latents, standard deviation 0.1, and
two latents that say nothing; straight, or turned by 45 degrees, so that the two latents tell of each other. The truth
is `exact_parts` over all images. `python benchmarks/estimators.py`
"""

from __future__ import annotations

import math
from typing import get_args

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from unbraid.objectives import Parts, estimated_parts, exact_parts
from unbraid.objectives._total_correlation import Estimator

SIDE, STD, BATCHES = 32, 0.1, 40
SIZES = (64, 256)


def world(degrees: float) -> tuple[Tensor, Tensor]:
    """Posterior means and log-variances of all images [N, 4]."""
    axis = torch.linspace(-1.7, 1.7, SIDE, dtype=torch.float64)
    grid, angle = torch.cartesian_prod(axis, axis), math.radians(degrees)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    mean = torch.cat([grid @ turn, torch.zeros(SIDE**2, 2, dtype=torch.float64)], 1)
    return mean, torch.tensor([2 * math.log(STD)] * 2 + [0.0] * 2, dtype=torch.float64).expand_as(mean)


def estimate(mean: Tensor, logvar: Tensor, estimator: str, size: int) -> Parts:
    """Mean over batches drawn without replacement."""
    generator, found = torch.Generator().manual_seed(0), []
    for _ in range(BATCHES):
        rows = torch.randperm(len(mean), generator=generator)[:size]
        noise = torch.randn(size, 4, generator=generator, dtype=torch.float64)
        z = mean[rows] + torch.exp(0.5 * logvar[rows]) * noise
        found.append(torch.stack(estimated_parts(z, mean[rows], logvar[rows], estimator, len(mean)).mean()))
    return Parts(*torch.stack(found).mean(0))


def main() -> None:
    """One table: truth, and each estimator at each batch size."""
    table = Table("world", "estimate", "batch", "MI", "TC", "DW", title="nats")
    for name, degrees in (("straight", 0.0), ("turned", 45.0)):
        mean, logvar = world(degrees)
        noise = torch.randn(len(mean), 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        truth = exact_parts(mean, logvar, noise).mean()
        table.add_row(name, "exact", "all", *(f"{float(part):.2f}" for part in truth))
        for estimator in get_args(Estimator):
            for size in SIZES:
                parts = estimate(mean, logvar, estimator, size)
                table.add_row(name, estimator, str(size), *(f"{float(part):.2f}" for part in parts))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
