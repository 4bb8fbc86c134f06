"""Step time of every objective over that of `vae`, and the memory of the total correlation at a batch of 2,048.

All objectives take turns on the same network (burgess, 64 x 64, ten latents, batch 64; layerwise on a pocket five-layer
network against `vae` on that network), a step each, for ROUNDS rounds; the figure is the median of the rounds' ratios
in CPU seconds. Memory is the growth of the peak resident size of a fresh process over a forward and backward pass of
`beta_tcvae` on given posteriors. `python benchmarks/objectives.py`
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from unbraid.core import Spec, build, names
from unbraid.models import Model
from unbraid.objectives import Batch, Objective, Pairing, estimated_parts

ROUNDS, BATCH = 9, 64
FLAT: dict[str, Any] = {"name": "burgess", "latents": 10}
TOWERS: dict[str, Any] = {"name": "towers", "latents": [50, 40, 30, 20, 10], "width": 0.1}


class Stepper:
    """An objective on its own copy of a network, one step at a time."""

    def __init__(self, name: str, model: dict[str, Any]) -> None:
        posterior = {"posterior": "full"} if name == "hyperprior_vae" else {}
        torch.manual_seed(0)
        self.model: Model = build("models", Spec.of({**model, **posterior}), image_shape=(1, 64, 64))
        self.objective: Objective = build("objectives", Spec(name), widths=self.model.widths)
        modules = {"model": self.model, **{k: p.module for k, p in self.objective.players().items()}}
        self.players = {key: list(module.parameters()) for key, module in modules.items()}
        self.optimizers = [torch.optim.Adam(parameters, lr=1e-4, fused=True) for parameters in self.players.values()]

    def step(self, number: int) -> float:
        """CPU seconds of one step."""
        images, partner = torch.rand(2, BATCH, 1, 64, 64)
        partner_or_none = None if self.objective.pairing is Pairing.NONE else partner
        batch = Batch(images, torch.Generator().manual_seed(number), 10_000, partner_or_none)
        start = time.process_time()
        losses = self.objective.forward(self.model, batch, number).of
        for key, parameters in self.players.items():
            losses[key].backward(inputs=parameters, retain_graph=len(self.players) > 1)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        return time.process_time() - start


def ratios(entries: list[str], model: dict[str, Any]) -> dict[str, float]:
    """Median over rounds of each objective's seconds over those of `vae` in the same round."""
    steppers = {name: Stepper(name, model) for name in ["vae", *entries]}
    for stepper in steppers.values():
        stepper.step(0)
    rounds = [{name: s.step(number) for name, s in steppers.items()} for number in range(1, ROUNDS + 1)]
    return {name: statistics.median(r[name] / r["vae"] for r in rounds) for name in entries}


def peak_growth(size: int, latents: int = 10) -> float:
    """Megabytes by which a forward and backward pass of the total correlation raises this process's peak."""
    mean, logvar, noise = torch.randn(3, size, latents).unbind(0)
    mean.requires_grad_()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    z = mean + torch.exp(0.5 * logvar) * noise
    estimated_parts(z, mean, logvar, "mss", 100_000).mean().total_correlation.backward()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Both tables."""
    if sys.argv[1:2] == ["--peak"]:
        print(f"{peak_growth(int(sys.argv[2])):.0f}")
        return
    torch.set_num_threads(1)
    flat = [name for name in names("objectives") if name not in ("vae", "layerwise")]
    table = Table("objective", "step time / vae", title=f"batch {BATCH}, one thread, median of {ROUNDS} rounds")
    measured = {**ratios(flat, FLAT), "layerwise (on towers)": ratios(["layerwise"], TOWERS)["layerwise"]}
    for name, ratio in measured.items():
        table.add_row(name, f"{ratio:.2f}")
    console = Console(width=100)
    console.print(table)
    for size in (64, 2048):
        command = [sys.executable, __file__, "--peak", str(size)]
        grown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        console.print(f"beta_tcvae (mss), batch {size}, 10 latents: peak memory grows by {grown} MB")


if __name__ == "__main__":
    main()
