"""Our training loop against a bare one, and encoding against plain eager: `python benchmarks/training.py`.

All variants stand in one process and take turns, a few steps each, for ten rounds or more; the figure is the median of
the rounds' ratios, in CPU seconds, so that other work on the machine disturbs little.

    ours    `unbraid.training`: drawn rows, gathered uint8, channels last, fused Adam, log, finite check
    bare    the same network, memory layout, optimiser and heap, on float images that already stand in memory
    plain   the same again in plain eager PyTorch: NCHW, for-loop Adam
"""

from __future__ import annotations

import argparse
import copy
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import encode
from unbraid.models import Model
from unbraid.store import RunDirectory
from unbraid.training import RunConfig, keep_heap
from unbraid.training._training import Training

SETTINGS = {
    "data": {"name": "dsprites", "every": {"orientation": 4, "posX": 4, "posY": 4}},
    "model": "burgess",
    "objective": {"name": "beta_vae", "beta": 4.0},
    "steps": 1_000_000,
    "batch": 64,
}
CHANNELS_LAST = torch.channels_last


def bare_loop(
    model: Model, images: torch.Tensor, batch: int, layout: torch.memory_format, fused: bool
) -> Callable[[], None]:
    """One step of the shortest loop that trains the same network on the same loss."""
    model = copy.deepcopy(model).to(memory_format=layout)
    images = images.to(memory_format=layout)
    extra = {"fused": True} if fused else {"foreach": False}
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4, **extra)

    def step() -> None:
        x = images[torch.randint(len(images), (batch,))]
        layer = model.infer(x, torch.randn(batch, model.widths[0]))[0]
        loss = model.generate(layer.z)[0].error(x).mean() + 4.0 * layer.posterior.divergence().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def interleaved(variants: dict[str, Callable[[], None]], rounds: int, steps: int) -> dict[str, list[float]]:
    """CPU seconds of `steps` calls of each variant, in turn, for each round; one round of warm-up is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, step in variants.items():
            start = time.process_time()
            for _ in range(steps):
                step()
            if number:
                seconds[name].append(time.process_time() - start)
    return seconds


def ratio(seconds: dict[str, list[float]], slow: str, fast: str) -> float:
    """Median over rounds of how many times faster `fast` is than `slow`."""
    return statistics.median(a / b for a, b in zip(seconds[slow], seconds[fast], strict=True))


def training(rounds: int, steps: int, model: str, dataset: GroundTruthDataset, batch: int) -> list[tuple[str, ...]]:
    """Rows of the table for one network."""
    config = RunConfig.from_dict({**SETTINGS, "model": model, "batch": batch})
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder))
        loop = Training(run, config, dataset, torch.device("cpu"), 100, 1e9)
        loop.model.train()
        images = torch.from_numpy(dataset.images(np.arange(min(len(dataset), 8192)))).float() / 255
        variants = {
            "ours": loop._step,
            "bare": bare_loop(loop.model, images, batch, CHANNELS_LAST, fused=True),
            "plain": bare_loop(loop.model, images, batch, torch.contiguous_format, fused=False),
        }
        seconds = interleaved(variants, rounds, steps)
    speed = steps * batch / statistics.median(seconds["ours"])
    return [
        (f"train {model}, batch {batch}: images per CPU second", f"{speed:,.0f}", ""),
        (f"train {model}, batch {batch}: ours / bare", f"{ratio(seconds, 'bare', 'ours'):.3f}", "at least 0.97"),
        (f"train {model}, batch {batch}: ours / plain eager", f"{ratio(seconds, 'plain', 'ours'):.2f}", "over 1"),
        (f"train {model}, batch {batch}: bare / plain eager", f"{ratio(seconds, 'plain', 'bare'):.2f}", "over 1"),
    ]


def encoding(rounds: int, dataset: GroundTruthDataset) -> list[tuple[str, ...]]:
    """Encoding 1,024 images: ours, gather and all, against the plain eager encoder on images in memory."""
    from unbraid.training import new_model

    model = new_model(RunConfig.from_dict(SETTINGS), dataset)
    plain = copy.deepcopy(model).eval()
    index = np.arange(1024)
    images = torch.from_numpy(dataset.images(index)).float() / 255

    def eager() -> None:
        with torch.no_grad():
            for part in images.split(256):
                plain.infer(part)

    seconds = interleaved({"ours": lambda: encode(model, dataset, index) and None, "plain": eager}, rounds, 1)
    speed = len(index) / statistics.median(seconds["ours"])
    return [
        ("encode burgess: images per CPU second", f"{speed:,.0f}", ""),
        ("encode burgess: ours / plain eager", f"{ratio(seconds, 'plain', 'ours'):.2f}", "at least 1.4"),
    ]


def main(rounds: int = 12, threads: int = 1) -> None:
    """Print the table."""
    torch.set_num_threads(threads)
    keep_heap()
    dataset = in_memory(load_dataset(SETTINGS["data"]))
    rows = training(rounds, 4, "burgess", dataset, 64) + encoding(rounds, dataset)
    table = Table(title=f"training and encoding, {threads} thread(s), {rounds} rounds", box=None, title_justify="left")
    for heading in ("what", "measured", "goal"):
        table.add_column(heading, justify="right" if heading == "measured" else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    main(arguments.rounds, arguments.threads)
