"""Layered runs as the comparison sees them: read from their arrays, nothing trained or encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import require
from unbraid.metrics._importance import importance_score
from unbraid.metrics.best_disentanglement import best_leads
from unbraid.objectives import schedule
from unbraid.report.run._data import RunData, read_run_data

__all__ = ["LayeredRun", "factors_of", "read_runs", "scores_of"]

IMPORTANCE = {"joint": "dci_joint/importance", "per latent": "dci_per_latent/importance"}
LEADS = "best_disentanglement/r2"


@dataclass(frozen=True, eq=False)
class LayeredRun:
    """A run of one or more layers, with what sets it apart from the others.

    Args:
        files: what its directory holds.
        data: the options of its dataset that differ between the runs.
        beta: at the end of training; of the deepest layer where each has its own.
        seed: of the run.
    """

    files: RunData
    data: str
    beta: float
    seed: int

    @property
    def layers(self) -> int:
        """How many latent layers it has."""
        return len(self.files.layers)

    @property
    def name(self) -> str:
        """Data, number of layers and β."""
        return f"{self.data}, {self.layers} layer{'s' if self.layers > 1 else ''}, β = {self.beta:g}"

    def table(self, name: str, layer: int, factors: Sequence[str]) -> np.ndarray | None:
        """An array [D, K] of a layer with a column for each of `factors`, NaN for those that never change."""
        table = self.files.layer_array(name, layer)
        if table is None:
            return None
        whole = np.full((len(table), len(factors)), np.nan)
        whole[:, [factors.index(factor) for factor in self.files.factors]] = table
        return whole

    def best(self, factors: Sequence[str]) -> np.ndarray | None:
        """Best disentanglement of each factor in each layer [L, K]; NaN where no latent stands for it."""
        tables = [self.table(LEADS, layer, factors) for layer in range(self.layers)]
        known = [table for table in tables if table is not None]
        if len(known) < len(tables):
            return None
        return np.stack([best_leads(np.nan_to_num(table))[0] for table in known])


def read_runs(folders: Sequence[Path | str], *, trust: bool = False) -> list[LayeredRun]:
    """Read evaluated runs, in order of data, layers, β and seed.

    Raises:
        UsageError: no folder, or one that is no run, was not evaluated, or names code from elsewhere without `trust`.
    """
    require(
        folders,
        "a comparison of layers needs at least one run folder",
        "none",
        "give one that `unbraid evaluate` scored",
    )
    read = [read_run_data(folder, trust=trust) for folder in folders]
    for files in read:
        require(
            "kl/0" in files.arrays,
            f"layers are compared by their scores; {files.folder} has none",
            do="evaluate it first",
        )
    shared = _shared([files.config["data"] for files in read])
    runs = [
        LayeredRun(files, _data_label(files.config["data"], shared), _beta(files.config), files.config["seed"])
        for files in read
    ]
    return sorted(runs, key=lambda run: (run.data, run.layers, run.beta, run.seed))


def factors_of(runs: Sequence[LayeredRun]) -> tuple[str, ...]:
    """Names of the factors that vary in any of the runs, in the order of the first run that has the most."""
    most = max((run.files.factors for run in runs), key=len)
    rest = [name for run in runs for name in run.files.factors if name not in most]
    return (*most, *dict.fromkeys(rest))


def scores_of(runs: Sequence[LayeredRun], group: Sequence[str]) -> pd.DataFrame:
    """Disentanglement and completeness of both matrices, for all factors and for `group`, and the error, of each layer.

    Columns: data, layers, beta, seed, layer (from 1), score, model ("joint", "per latent" or ""), factors ("all" or
    "group"), value (NaN where no latent is kept).
    """
    rows: list[dict[str, Any]] = []
    for run in runs:
        same = {"data": run.data, "layers": run.layers, "beta": run.beta, "seed": run.seed}
        for layer in range(run.layers):
            rows += [{**same, "layer": layer + 1, **row} for row in _layer_scores(run.files, layer, group)]
    return pd.DataFrame(rows, columns=[*same, "layer", "score", "model", "factors", "value"])


def _layer_scores(files: RunData, layer: int, group: Sequence[str]) -> list[dict[str, Any]]:
    error = files.layer_array("reconstruction", layer)
    rows = [{"score": "error", "model": "", "factors": "all", "value": float(error[0])}] if error is not None else []
    inside = [files.factors.index(name) for name in group if name in files.factors]
    for model, name in IMPORTANCE.items():
        table = files.layer_array(name, layer)
        if table is None:
            continue
        for factors, columns in {"all": [], "group": inside}.items():
            if factors == "all" or inside:
                parts = importance_score(table, "", columns=columns).parts
                rows += [
                    {"score": score, "model": model, "factors": factors, "value": parts.get(score, np.nan)}
                    for score in ("disentanglement", "completeness")
                ]
    return rows


def _beta(config: Mapping[str, Any]) -> float:
    """β at the end of training; of the deepest layer where each has its own."""
    beta = config["phases"][-1]["objective"].get("beta", 1.0)
    if isinstance(beta, (list, tuple)):
        beta = beta[-1]
    return schedule(beta, "beta").final


def _shared(data: Sequence[Mapping[str, Any]]) -> set[str]:
    """Options of the dataset that are equal in all runs."""
    first = data[0]
    return {key for key in first if all(key in options and options[key] == first[key] for options in data)}


def _data_label(data: Mapping[str, Any], shared: set[str]) -> str:
    """What sets a dataset apart from the others compared, its name where nothing does."""
    return ", ".join(f"{key} {value}" for key, value in data.items() if key not in shared) or str(data["name"])
