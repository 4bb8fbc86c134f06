"""Images per second of every world on one core: `python benchmarks/data.py [NAME ...]`.

Drawn is rendering random rows in batches of 256; gathered is reading random rows of the same images once they are held
in memory. CPU time of one thread, so that other work on the machine disturbs little. dSprites and the arm are measured
prepared too: the whole grid, bit-packed on disk, and the layers of every geometry.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import inspect
import math
import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from unbraid.core import UsageError, load_entry, names, options_of
from unbraid.data import ArrayDataset, GroundTruthDataset, load_dataset

BATCH, SECONDS, HELD_BYTES = 256, 0.7, 1 << 28
PEERS = {"xysquares": "disent 6,000", "boxhead": "original generator 1.6"}  # images/s, same kind of machine


def rate(dataset: GroundTruthDataset) -> float:
    """Images per second of CPU time for random rows in batches."""
    rng, done = np.random.default_rng(0), 0
    dataset.images(rng.integers(0, len(dataset), BATCH))  # what is prepared the first time does not count
    start = time.process_time()
    while time.process_time() - start < SECONDS:
        done += len(dataset.images(rng.integers(0, len(dataset), BATCH)))
    return done / (time.process_time() - start)


def held(dataset: GroundTruthDataset) -> GroundTruthDataset:
    """As many random rows as fit 256 MB, in memory."""
    count = min(len(dataset), HELD_BYTES // math.prod(dataset.image_shape), 4096)
    images = dataset.images(np.random.default_rng(1).integers(0, len(dataset), count))
    repeated = np.concatenate([images] * max(1, HELD_BYTES // images.nbytes // 2))
    return ArrayDataset(dataset.name, repeated)


def worlds(chosen: list[str]) -> dict[str, GroundTruthDataset]:
    """Every dataset that opens without files, by the words that the table shows."""
    found: dict[str, GroundTruthDataset] = {}
    for name in chosen or names("data"):
        options = options_of(load_entry("data", name))
        if any(p.default is inspect.Parameter.empty for p in options.values()):
            continue
        try:
            found[name] = load_dataset(name, **({"cache": "never"} if "cache" in options else {}))
        except UsageError:
            continue
    for name in ("arm", "dsprites"):
        if name in found:
            found[f"{name}, prepared"] = load_dataset(name, cache="whole")
    return found


def main() -> None:
    table = Table("world", "images", "drawn, images/s", "gathered, images/s", "others, images/s")
    for name, dataset in worlds(sys.argv[1:]).items():
        gathered = rate(held(dataset))  # first: it draws 4,096 rows, so that what a world keeps is there
        drawn = rate(dataset)
        table.add_row(name, f"{len(dataset):,}", f"{drawn:,.0f}", f"{gathered:,.0f}", PEERS.get(name, ""))
    Console().print(table)


if __name__ == "__main__":
    main()
