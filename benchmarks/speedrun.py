"""CPU seconds and images until a criterion on held-out rows: `python -m benchmarks.speedrun`, to docs/speedrun.

For each world and recipe a run is trained on one thread until its schedule or `--cap` CPU seconds are over, and looked
at on a grid of steps, each a quarter further than the one before; looking is not counted. checks.csv has a line for
each look: the loss on rows that training never sees, MIG above chance, and the factor that a linear probe reads worst
(fitted on half of those rows, taken on the others). The lines of a run are written when it is over; an interrupted
run begins again, and runs whose lines stand are not repeated. The page says when each criterion was first met.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks._speedrun_criteria import held_out_loss, mig_above, readable
from benchmarks._speedrun_page import FIRST, FURTHER, page
from benchmarks._speedrun_tried import TRIED
from benchmarks._speedrun_worlds import RECIPES, WORLDS, Recipe, World, described, peers
from benchmarks._table import Table, lines_of
from unbraid.data import GroundTruthDataset, in_memory, load_dataset
from unbraid.evaluation import encode
from unbraid.metrics import Representation
from unbraid.models import Model
from unbraid.store import RunDirectory
from unbraid.training import RunConfig, keep_heap, new_model
from unbraid.training._training import Training

OUT = Path(__file__).resolve().parents[1] / "docs" / "speedrun"
RUN = ["world", "recipe", "cap", "seed"]
LINE = [*RUN, "step", "images", "seconds", "loss", "mig", "probe", "worst", "lr"]
ALL: dict[str, tuple[Recipe, int]] = {**RECIPES, **{name: (make, 1) for name, make in TRIED.items()}}  # and seeds
SAMPLE = 4096  # images that principal components are of


def look(world: World, model: Model | None, dataset: GroundTruthDataset) -> dict[str, Any]:
    """The criteria of a model, or without one those of principal components."""
    rows = np.arange(dataset.first_scored_row, len(dataset))
    if model is None:
        rep, loss = _components(dataset, rows), None
    else:
        rep = encode(model, dataset, rows, device="cpu", progress=False)
        loss = round(held_out_loss(model, world.beta, dataset), 3)
    probes = readable(rep, world.symmetry, world.unseen)
    worst = min(probes, key=probes.__getitem__)
    return {"loss": loss, "mig": round(mig_above(rep), 4), "probe": round(probes[worst], 4), "worst": worst}


def _components(dataset: GroundTruthDataset, rows: np.ndarray) -> Representation:
    """The first ten principal components of training's images."""
    from sklearn.decomposition import PCA

    flat = [dataset.images(index).reshape(len(index), -1) / 255.0 for index in (np.arange(min(SAMPLE, rows[0])), rows)]
    code = PCA(10, svd_solver="randomized", random_state=0).fit(flat[0]).transform(flat[1])
    return Representation.from_arrays(code, dataset.factors(rows), space=dataset.space)


def run(
    world: World, recipe: Recipe, cap: float, seed: int, dataset: GroundTruthDataset, most: int | None = None
) -> Iterator[dict[str, Any]]:
    """Train one run and look at it now and then; `most` steps at most."""
    settings = {"objective": {"name": "beta_vae", "beta": world.beta}, **recipe(world, cap)}
    config = RunConfig.from_dict({"data": world.data, "seed": seed, **settings})
    with tempfile.TemporaryDirectory() as folder:
        directory = RunDirectory(Path(folder))
        directory.write_config(config.to_dict())
        training = Training(directory, config, dataset, torch.device("cpu"), 10**9, 1e9)
        seconds, step, last = 0.0, FIRST, min(config.steps, most or config.steps)
        while True:
            began = time.process_time()
            training.run(min(step, last))
            seconds += time.process_time() - began
            done = {"step": training.step, "images": training.step * config.batch, "seconds": round(seconds, 2)}
            yield {**done, **look(world, training.model, dataset), "lr": f"{training.rate.lr:.3g}"}
            if seconds >= cap or training.step >= last:
                return
            step = max(step + 1, int(step * FURTHER))


def measure(table: Table, worlds: Sequence[str], recipes: Sequence[str], cap: float, most: int | None = None) -> None:
    """Add the lines that are missing: principal components and untrained networks, then every run."""
    for name in worlds:
        world, dataset = WORLDS[name], None
        for recipe in ("pca", "untrained", *recipes):
            make, seeds = ALL.get(recipe, (peers, 1 if recipe == "pca" else 3))
            for seed in range(seeds):
                key = {"world": name, "recipe": recipe, "cap": f"{cap:g}" if recipe in ALL else "", "seed": seed}
                if table.has(**key):
                    continue
                dataset = dataset or in_memory(load_dataset(world.data))
                if recipe in ALL:
                    lines = list(run(world, make, cap, seed, dataset, most))
                else:
                    lines = [look(world, None if recipe == "pca" else untrained(world, seed, dataset), dataset)]
                for line in lines:
                    table.add(**key, **line)


def untrained(world: World, seed: int, dataset: GroundTruthDataset) -> Model:
    """The network with the weights that it begins with."""
    settings = {"model": world.network, "objective": "vae", "steps": 1}
    return new_model(RunConfig.from_dict({"data": world.data, "seed": seed, **settings}), dataset)


def main() -> None:
    """Measure what is missing, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cap", type=float, default=600, help="CPU seconds a run (600)")
    parser.add_argument("--world", action="append", choices=WORLDS, help="by default all")
    parser.add_argument("--recipe", action="append", choices=ALL, help="by default the peers' and ours")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--page", action="store_true", help="write the page alone")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    keep_heap()
    path = given.out / "checks.csv"
    if not given.page:
        measure(Table(path, LINE), given.world or list(WORLDS), given.recipe or list(RECIPES), given.cap)
    (given.out / "summary.md").write_text(page(lines_of(path), described()), encoding="utf-8")


if __name__ == "__main__":
    main()
