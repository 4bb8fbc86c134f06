"""A run directory written by hand: small, complete, and shaped like those of training and evaluation."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from tests.figures.samples import FACTORS, log, nats, originals, walk
from unbraid.core import Factor
from unbraid.store import ARRAYS, METRICS, REPRESENTATION, RunDirectory

SIZES = (3, 6, 40, 32, 32)
VALUES = np.arange(-3.0, 2.51, 0.5)


def write_run(folder: Path, layers: tuple[int, ...] = (10,), factors: bool = True, state: str = "done") -> Path:
    """Write all files of a run with `layers`, with or without known factors."""
    run = RunDirectory(folder)
    run.write_config(config())
    versions = {"unbraid": "0.1.0", "python": "3.11.2", "torch": "2.13.0"}
    run.write_status(state=state, step=12000, steps=12000, seconds=182.4, versions=versions, device="cpu")
    table = log()
    for row in range(len(table["step"])):
        run.append_log({name: float(values[row]) for name, values in table.items()})
    arrays = {"figures/originals": originals(12), "figures/traversal_values": VALUES}
    for layer, width in enumerate(layers):
        arrays[f"figures/reconstructions/{layer}"] = (originals(12) * 0.9).astype(np.uint8)
        arrays[f"figures/traversals/{layer}"] = walk(min(width, 5))
        arrays[f"figures/traversal_latents/{layer}"] = np.arange(min(width, 5))
        arrays[f"kl/{layer}"] = nats(width)
        if factors:
            arrays[f"mig/information/{layer}"] = information(width)
    run.write_tensors(ARRAYS, arrays)
    _write_representation(run, layers, factors)
    run.write_table(METRICS, scores(len(layers)))
    return folder


def config() -> dict:
    """A complete configuration."""
    objective = {"name": "beta_vae", "beta": 4.0, "capacity": None, "reduction": "sum"}
    return {
        "data": {"name": "dsprites", "resolution": 32},
        "model": {"name": "mlp", "latents": 10, "hidden": 256},
        "phases": [{"steps": 12000, "objective": objective, "trains": []}],
        "seed": 0,
        "batch": 128,
        "optimizer": {"name": "adam", "lr": 0.001},
        "rate": {"name": "linear"},
        "start": "paper",
        "metrics": [],
    }


def information(width: int) -> np.ndarray:
    """x and y in latents of their own, scale in one less clearly, orientation in two, shape nowhere."""
    table = np.random.default_rng(1).uniform(0, 0.05, (width, 5))
    for latent, factor, value in ((0, 3, 2.1), (1, 4, 2.0), (2, 1, 0.9), (3, 2, 0.8), (4, 2, 0.7), (2, 0, 0.09)):
        if latent < width:
            table[latent, factor] = value
    return table


def scores(layers: int) -> pd.DataFrame:
    """A tidy table with a score, its parts, an interval, and a missing one."""
    rows = []
    for layer in range(layers):
        rows += [
            (layer, "mig", "", 0.4021, 0.38, 0.42, "20 equal-width bins", None, 10000),
            (layer, "mig", "posX", 0.5811, None, None, "20 equal-width bins", None, 10000),
            (layer, "mig", "posY", 0.5702, None, None, "20 equal-width bins", None, 10000),
            (layer, "sap", "", 0.0713, None, None, "linear SVM", None, 10000),
            (layer, "dci", "", None, None, None, "", "dci needs at least 100 rows; got 50.", 50),
        ]
    return pd.DataFrame(rows, columns=["layer", "metric", "part", "value", "low", "high", "variant", "reason", "rows"])


def _write_representation(run: RunDirectory, layers: tuple[int, ...], factors: bool) -> None:
    rng = np.random.default_rng(0)
    sizes = SIZES if factors else ()
    table = np.stack([rng.integers(0, size, 2000) for size in sizes], 1) if factors else np.empty((2000, 0), np.int64)
    note = {
        "rows": 2000,
        "seed": 0,
        "layers": list(layers),
        "source": "rendered here from the published factors",
        "factors": [asdict(Factor(name, size)) for name, size in zip(FACTORS, sizes, strict=False)],
    }
    code = rng.normal(size=(2000, sum(layers))).astype(np.float32)
    run.write_tensors(REPRESENTATION, {"code": code, "factors": table}, note)
