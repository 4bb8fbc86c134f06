"""How long a card of 50,000 rows and 256 latents takes: python -m benchmarks.card."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

import unbraid

ROWS, LATENTS = 50_000, 256


def main() -> None:
    """Write one card, and say how long it took and how large it is."""
    rng = np.random.default_rng(0)
    labels = {
        "shape": np.array(["cone", "ball", "cube", "ring"])[rng.integers(4, size=ROWS)],
        "size": rng.normal(size=ROWS),
        "angle": rng.uniform(0, 360, ROWS),
        "place": rng.integers(10, size=ROWS),
        "site": np.array(["north", "south"])[rng.integers(2, size=ROWS)],
    }
    code = rng.normal(size=(ROWS, LATENTS)).astype(np.float32)
    code[:, 0] += 3 * labels["size"]
    code[:, 1] += labels["place"]
    code[:, 2:4] += 2 * np.stack([np.cos(np.radians(labels["angle"])), np.sin(np.radians(labels["angle"]))], axis=1)
    with tempfile.TemporaryDirectory() as folder:
        start, worked = time.perf_counter(), time.process_time()
        kinds = {"angle": "circular:360"}
        page = unbraid.card(code, labels, kinds=kinds, out=Path(folder) / "card.html", progress=False)
        seconds, work = time.perf_counter() - start, time.process_time() - worked
        print(f"{seconds:.0f} s by the clock, {work:.0f} s of processor time, {page.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
