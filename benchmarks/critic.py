"""What FactorVAE's critic learns of codes that stand still: `python -m benchmarks.critic [RUN ...]`, to docs/critic.

Codes are 10 correlated Gaussians of closed-form total correlation, and those of the runs that are named, drawn anew
from the posteriors of all images, whose total correlation is the checks' reference. Each recipe trains a critic for
`--steps` of 128 codes and 128 with permuted latents, its rate falling in a line to 2 %; its estimate is then taken on
10,000 fresh codes. A line is written as soon as it is measured, with CPU seconds of one thread; what stands there is
not measured again.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

import unbraid
from benchmarks._table import Table
from unbraid.objectives import aggregate_total_correlation
from unbraid.objectives._critic import critic, critic_loss, permuted, total_correlation

PATH = Path(__file__).resolve().parents[1] / "docs" / "critic" / "critic.csv"
LINE = ["codes", "recipe", "steps", "seed", "reference", "estimate", "share", "seconds"]
GAUSSIANS = (0.5, 1.0, 2.0, 4.0)  # nats
LATENTS, BATCH, FRESH, FLOOR = 10, 128, 10_000, 0.02


class Recipe(NamedTuple):
    """A critic's size, and the rate that its Adam (betas .5 and .9) begins with."""

    width: int
    layers: int
    lr: float


class Codes(NamedTuple):
    """Codes that can be drawn without end, and their total correlation in nats."""

    name: str
    draw: Callable[[int, torch.Generator], Tensor]
    reference: float


RECIPES = {
    "128 x 3, 3e-3": Recipe(128, 3, 3.0e-3),
    "256 x 5, 1e-3": Recipe(256, 5, 1.0e-3),  # of the studies at pocket scale
    "1000 x 6, 1e-4": Recipe(1000, 6, 1.0e-4),  # of the paper
}


def gaussian(nats: float) -> Codes:
    """Normal codes whose correlations are one random matrix, shrunk until -1/2 log det is `nats`."""
    factors = np.random.default_rng(1).standard_normal((LATENTS, LATENTS))
    scale = np.linalg.norm(factors, axis=1)
    whole = factors @ factors.T / np.outer(scale, scale)
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        matrix = share * whole + (1 - share) * np.eye(LATENTS)
        less = -np.linalg.slogdet(matrix)[1] / 2 < nats
        low, high = (share, high) if less else (low, share)
    root = torch.from_numpy(np.linalg.cholesky(matrix)).float()
    return Codes(f"gaussian {nats:g}", lambda count, g: torch.randn(count, LATENTS, generator=g) @ root.T, nats)


def of_run(folder: Path) -> Codes:
    """Codes of a run, drawn from the posteriors of all images."""
    rep = unbraid.encode(folder, progress=False)
    assert rep.logvar is not None
    mean, logvar = torch.from_numpy(rep.code), torch.from_numpy(rep.logvar)
    spread = torch.exp(logvar / 2)

    def draw(count: int, generator: torch.Generator) -> Tensor:
        rows = torch.randint(len(mean), (count,), generator=generator)
        return mean[rows] + spread[rows] * torch.randn(count, mean.shape[1], generator=generator)

    return Codes(f"{folder.parent.name}/{folder.name}", draw, aggregate_total_correlation(mean, logvar)[0])


def estimate(codes: Codes, recipe: Recipe, steps: int, seed: int) -> float:
    """What a critic of this recipe says of fresh codes, nats."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        network = critic(codes.draw(1, generator).shape[1], recipe.width, recipe.layers)
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.lr, betas=(0.5, 0.9))
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = recipe.lr * max(FLOOR, 1 - step / steps)
        z, others = codes.draw(BATCH, generator), codes.draw(BATCH, generator)
        loss = critic_loss(network, z, permuted(others, torch.rand(others.shape, generator=generator).argsort(0)))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.inference_mode():
        return float(total_correlation(network(codes.draw(FRESH, generator))))


def measure(
    table: Table, sources: Sequence[Callable[[], Codes]], steps: int, seeds: int, recipes: Sequence[str]
) -> None:
    """Add the lines that are missing."""
    for source in sources:
        codes = source()
        for name in recipes:
            for seed in range(seeds):
                key = {"codes": codes.name, "recipe": name, "steps": steps, "seed": seed}
                if table.has(**key):
                    continue
                began = time.process_time()
                value = estimate(codes, RECIPES[name], steps, seed)
                share = value / codes.reference
                figures = {"reference": codes.reference, "estimate": value, "share": share}
                seconds = round(time.process_time() - began, 1)
                table.add(**key, **{what: round(figure, 3) for what, figure in figures.items()}, seconds=seconds)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("--steps", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--recipe", action="append", choices=RECIPES, help="by default all")
    parser.add_argument("--gaussian", action="append", type=float, help=f"nats; by default {GAUSSIANS}")
    parser.add_argument("--out", type=Path, default=PATH)
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    sources: list[Callable[[], Codes]] = [lambda nats=nats: gaussian(nats) for nats in given.gaussian or GAUSSIANS]
    sources += [lambda folder=folder: of_run(folder) for folder in given.runs]
    measure(Table(given.out, LINE), sources, given.steps, given.seeds, given.recipe or list(RECIPES))


if __name__ == "__main__":
    main()
