"""How long the explorer's image takes to follow a slider, measured in Chromium: pocket and 64x64 networks.

`python -m benchmarks.explore` trains each network for a few steps (what it has learned does not change its speed),
serves it from a process of its own, as `unbraid explore` does, moves a slider as a hand does, at 60 events a second,
and reads the page's own marks: from the first event that an image answers to the frame in which it is drawn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from playwright.sync_api import Page, sync_playwright

from unbraid.training import RunConfig, fit

WORLD = {"name": "dsprites", "resolution": 32, "every": {"orientation": 8, "posX": 4, "posY": 4}}
LARGE = {"name": "dsprites", "every": {"orientation": 8, "posX": 4, "posY": 4}}
NETWORKS = {
    "pocket (mlp, 32x32)": (WORLD, "mlp"),
    "burgess, 64x64": (LARGE, "burgess"),
    "spatial_broadcast, 64x64": (LARGE, "spatial_broadcast"),
    "boxhead_large, 64x64": ({"name": "boxhead", "variant": "boxheadsimple2"}, "boxhead_large"),
}
EVENTS = 300
MOVE = """async (events) => {
  const slider = document.querySelector("#sliders input[type=range]");
  const [low, high] = [Number(slider.min), Number(slider.max)];
  performance.clearMeasures("frame");
  for (let i = 0; i < events; i++) {
    slider.value = low + ((high - low) * (1 - Math.cos(i / 20))) / 2;
    slider.dispatchEvent(new Event("input"));
    await new Promise((next) => setTimeout(next, 16));
  }
  await new Promise((next) => setTimeout(next, 1000));
  return performance.getEntriesByName("frame").map((entry) => entry.duration);
}"""


def main() -> None:
    """Print a row for each network."""
    browser_file = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_file is None:
        sys.exit("benchmarks: no Chromium is installed")
    print(f"{'network':<28} {'images':>7} {'p50 ms':>7} {'p95 ms':>7} {'load':>6}")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        for name, (data, model) in NETWORKS.items():
            if sys.argv[1:] and model not in sys.argv[1:]:
                continue
            config = RunConfig.from_dict({"data": data, "model": model, "objective": "vae", "steps": 2, "batch": 8})
            run = fit(config, Path(mkdtemp()) / "run", progress=False)
            took = measured(browser.new_page(viewport={"width": 1280, "height": 900}), run.path)
            p50, p95 = np.quantile(took, [0.5, 0.95])
            print(f"{name:<28} {len(took):>7} {p50:>7.1f} {p95:>7.1f} {os.getloadavg()[0]:>6.1f}", flush=True)
        browser.close()


def measured(page: Page, run: Path) -> np.ndarray:
    """Milliseconds that each image took to follow the slider."""
    command = [sys.executable, "-m", "unbraid", "explore", str(run), "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            page.set_default_timeout(300_000)
            page.goto(server.stdout.readline().split()[1])
            page.wait_for_selector("body[data-ready=yes]")
            page.evaluate(MOVE, 30)
            return np.array(page.evaluate(MOVE, EVENTS))
        finally:
            page.close()
            server.terminate()


if __name__ == "__main__":
    main()
