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
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import OnnxEncoder, encode
from unbraid.evaluation._onnx import write_onnx
from unbraid.models import Model
from unbraid.store import RunDirectory
from unbraid.training import RunConfig, fit, keep_heap, training_bar
from unbraid.training._training import Training

SETTINGS = {
    "data": {"name": "dsprites", "every": {"orientation": 4, "posX": 4, "posY": 4}},
    "model": "burgess",
    "objective": {"name": "beta_vae", "beta": 4.0},
    "steps": 1_000_000,
    "batch": 64,
}
CHANNELS_LAST = torch.channels_last
PARTS = ("step", "train", "encode")


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
        run.write_config(config.to_dict())  # a run whose folder is gone does not log
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


def overhead(rounds: int) -> list[tuple[str, ...]]:
    """What a step of the pocket net costs beyond a bare loop, and of that, the log and the bar."""
    dataset = in_memory(load_dataset({"name": "dsprites", "resolution": 32, "every": SETTINGS["data"]["every"]}))
    rows = training(rounds, 40, "mlp", dataset, 128)
    config = RunConfig.from_dict({**SETTINGS, "model": "mlp", "batch": 128})
    with tempfile.TemporaryDirectory() as quiet, tempfile.TemporaryDirectory() as logged:
        loops = [
            Training(RunDirectory(Path(folder)), config, dataset, torch.device("cpu"), every, 1e9)
            for folder, every in ((quiet, 10**9), (logged, 100))
        ]
        with training_bar(config.steps, 0, shown=True) as bar:
            loops[1].callback = bar
            for loop in loops:
                loop.folder.write_config(config.to_dict())  # a run whose folder is gone does not log
                loop.model.train()
            seconds = interleaved({"quiet": loops[0]._step, "logged": loops[1]._step}, rounds, 100)
    share = statistics.median(a / b for a, b in zip(seconds["logged"], seconds["quiet"], strict=True))
    return [*rows, ("log of every 100 steps, and bar: with / without", f"{share:.3f}", "at most 1.01")]


def encoding(rounds: int, dataset: GroundTruthDataset) -> list[tuple[str, ...]]:
    """Encoding 1,024 images: ours, gather and all, and a run's ONNX file, against plain eager on images in memory."""
    with tempfile.TemporaryDirectory() as folder:
        run = fit({**SETTINGS, "steps": 1}, Path(folder) / "run", dataset=dataset, progress=False)
        onnx = None
        if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
            onnx = OnnxEncoder(write_onnx(run, Path(folder))[0])
        return encoders(rounds, dataset, run.model, onnx)


def encoders(rounds: int, dataset: GroundTruthDataset, model: Model, onnx: OnnxEncoder | None) -> list[tuple[str, ...]]:
    """The same as lines of the table."""
    plain = copy.deepcopy(model).eval()
    index = np.arange(1024)
    images = torch.from_numpy(dataset.images(index)).float() / 255

    def eager() -> None:
        with torch.no_grad():
            for part in images.split(256):
                plain.infer(part)

    def ours(encoder: Any) -> None:
        encode(encoder, dataset, index, device="cpu", progress=False)

    variants = {"ours": partial(ours, model), "plain": eager, **({"onnx": partial(ours, onnx)} if onnx else {})}
    seconds = interleaved(variants, rounds, 1)
    speed = len(index) / statistics.median(seconds["ours"])
    more = [("encode burgess: ONNX file / plain eager", f"{ratio(seconds, 'plain', 'onnx'):.2f}", "at least 2.4")]
    return [
        ("encode burgess: images per CPU second", f"{speed:,.0f}", ""),
        ("encode burgess: ours / plain eager", f"{ratio(seconds, 'plain', 'ours'):.2f}", "at least 1.9"),
        *(more if onnx else []),
    ]


def main(rounds: int = 12, threads: int = 1, parts: Sequence[str] = PARTS) -> None:
    """Print the table."""
    torch.set_num_threads(threads)
    keep_heap()
    dataset = in_memory(load_dataset(SETTINGS["data"]))
    rows = []
    if "step" in parts:
        rows += overhead(rounds)
    if "train" in parts:
        rows += training(rounds, 4, "burgess", dataset, 64)
    if "encode" in parts:
        rows += encoding(rounds, dataset)
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
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    arguments = parser.parse_args()
    main(arguments.rounds, arguments.threads, arguments.parts)
