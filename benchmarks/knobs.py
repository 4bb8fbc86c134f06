"""How fast and how exactly a run's page decodes, in Chromium: networks at the sizes they are trained at.

`python -m benchmarks.knobs` gives each network weights at random (what it has learned does not change its speed),
writes its decoder as a page holds it, decodes 30 codes there one after the other, and compares them with torch.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Browser, sync_playwright

import unbraid.report
from unbraid.core import Spec, build
from unbraid.report.run._decoder import BYTES_PER_WEIGHT, PAGE_BYTES, page_layers
from unbraid.report.run._program import program_of
from unbraid.training._facts import RunFacts

NETWORKS = {
    "`mlp`, 32x32": ("mlp", (1, 32, 32)),
    "`mlp`, 64x64 in colour": ("mlp", (3, 64, 64)),
    "`burgess`, 32x32": ("burgess", (1, 32, 32)),
    "`burgess`, 64x64": ("burgess", (1, 64, 64)),
    "`chyvae`, 64x64": ("chyvae", (1, 64, 64)),
    "`abdi`, 64x64": ("abdi", (3, 64, 64)),
    "`osnabrueck`, 64x64": ("osnabrueck", (1, 64, 64)),
    "`spatial_broadcast`, 32x32": ("spatial_broadcast", (1, 32, 32)),
    "`spatial_broadcast`, 64x64": ("spatial_broadcast", (1, 64, 64)),
    "`towers` of an eighth, 64x64": ({"name": "towers", "latents": [12, 6], "width": 0.125}, (3, 64, 64)),
    "`boxhead_large`, 64x64": ("boxhead_large", (3, 64, 64)),
}
CODES = 30
SCRIPT = Path(unbraid.report.__file__).parent / "templates" / "knobs.js"
TIMED = """codes => {
  const {layers} = decoderIn(document.getElementById("decoder"));
  return codes.map(z => {
    const start = performance.now(), image = decoded(layers, z);
    return [performance.now() - start, [...image.data]];
  });
}"""


def main() -> None:
    """A row for each network, as Markdown."""
    print("| decoder | weights | in the page | one image, median | fastest | largest difference |")
    print("|---|---|---|---|---|---|")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as engine:
        window = engine.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name, (spec, shape) in NETWORKS.items():
            print(f"| {name} | {' | '.join(_row(window, spec, shape))} |", flush=True)
        window.close()


def _row(window: Browser, spec: Any, shape: tuple[int, int, int]) -> list[str]:
    """Weights, megabytes, milliseconds and grey levels of one network."""
    torch.manual_seed(0)
    model = build("models", Spec.of(spec), image_shape=shape).eval()
    weights = sum(parameter.numel() for parameter in model.decoders[0].parameters())
    size = weights * BYTES_PER_WEIGHT
    if size > PAGE_BYTES:
        return [f"{weights:,}", f"{size / 1e6:.1f} MB: too large", "—", "—", "—"]
    program = program_of(page_layers(model, 0, RunFacts(shape)))
    z = np.random.default_rng(0).normal(size=(CODES, sum(model.widths))).astype(np.float32)
    text = json.dumps({"layers": program.layers, "z": [], "weights": program.encoded()})
    page = window.new_page()
    page.set_content(
        f'<script type="application/json" id="decoder">{text}</script><script>{SCRIPT.read_text()}</script>'
    )
    answers = page.evaluate(TIMED, z[:, : model.widths[0]].tolist())
    page.close()
    milliseconds = [taken for taken, _ in answers][5:]  # the first ones are compiled on the way
    images = np.array([image for _, image in answers]).reshape(CODES, *shape[1:], shape[0]).transpose(0, 3, 1, 2)
    with torch.inference_mode():
        expected = model.generate(torch.from_numpy(z))[0].mean.numpy()
    difference = 255 * np.abs(images.clip(0, 1) - expected.clip(0, 1)).max()
    times = [f"{np.median(milliseconds):.1f} ms", f"{min(milliseconds):.1f} ms"]
    return [f"{weights:,}", f"{size / 1e6:.2f} MB", *times, f"{difference:.2f} of 255"]


if __name__ == "__main__":
    main()
