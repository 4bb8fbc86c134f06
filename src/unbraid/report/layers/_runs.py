"""What the comparison of layered runs knows of each run: read from its arrays, nothing trained or encoded."""

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

__all__ = ["LayeredRun", "read_runs", "scores_of"]

IMPORTANCE = {"joint": "dci_joint/importance", "per latent": "dci_per_latent/importance"}
LEADS = "best_disentanglement/r2"


@dataclass(frozen=True, eq=False)
class LayeredRun:
    """A run of one or more layers and what sets it apart: its data, its β and its seed."""

    material: RunData
    data: str
    beta: float
    seed: int

    @property
    def layers(self) -> int:
        """How many latent layers it has."""
        return len(self.material.layers)

    @property
    def name(self) -> str:
        """Data, layers and β in words."""
        return f"{self.data}, {self.layers} layer{'s' if self.layers > 1 else ''}, β = {self.beta:g}"

    def table(self, name: str, layer: int, factors: Sequence[str]) -> np.ndarray | None:
        """An array [D, K] of a layer with a column for each of `factors`, NaN for those that never change."""
        found = self.material.of_layer(name, layer)
        if found is None:
            return None
        whole = np.full((len(found), len(factors)), np.nan)
        whole[:, [factors.index(each) for each in self.material.factors]] = found
        return whole

    def best(self, factors: Sequence[str]) -> np.ndarray | None:
        """Best disentanglement of each factor in each layer [L, K]; NaN where no latent stands for it."""
        tables = [self.table(LEADS, layer, factors) for layer in range(self.layers)]
        if any(each is None for each in tables):
            return None
        return np.stack([best_leads(np.nan_to_num(each))[0] for each in tables if each is not None])


def read_runs(folders: Sequence[Path | str]) -> list[LayeredRun]:
    """Read evaluated runs, in order of data, layers, β and seed.

    Raises:
        UsageError: no folder, or one that is no run or was not evaluated.
    """
    require(folders, "a comparison of layers needs at least one run folder")
    materials = [read_run_data(folder) for folder in folders]
    for each in materials:
        require(
            "kl/0" in each.arrays,
            f"layers are compared by their scores; {each.folder} has none",
            do="evaluate it first",
        )
    shared = _shared([each.config["data"] for each in materials])
    runs = [
        LayeredRun(each, _data_label(each.config["data"], shared), _beta(each.config), each.config["seed"])
        for each in materials
    ]
    return sorted(runs, key=lambda run: (run.data, run.layers, run.beta, run.seed))


def factors_of(runs: Sequence[LayeredRun]) -> tuple[str, ...]:
    """Factors that vary in any of the runs, in the order of the first run that has the most."""
    most = max((run.material.factors for run in runs), key=len)
    rest = [name for run in runs for name in run.material.factors if name not in most]
    return (*most, *dict.fromkeys(rest))


def scores_of(runs: Sequence[LayeredRun], group: Sequence[str]) -> pd.DataFrame:
    """Disentanglement and completeness of both matrices, for all factors and for `group`, and the error, of each layer.

    Columns: data, layers, beta, seed, layer (from 1), score, model ("joint", "per latent" or ""), factors ("all" or
    "group"), value (NaN where no latent is kept).
    """
    lines: list[dict[str, Any]] = []
    for run in runs:
        same = {"data": run.data, "layers": run.layers, "beta": run.beta, "seed": run.seed}
        for layer in range(run.layers):
            lines += [{**same, "layer": layer + 1, **each} for each in _of_layer(run.material, layer, group)]
    return pd.DataFrame(lines, columns=[*same, "layer", "score", "model", "factors", "value"])


def _of_layer(material: RunData, layer: int, group: Sequence[str]) -> list[dict[str, Any]]:
    error = material.of_layer("reconstruction", layer)
    lines = [{"score": "error", "model": "", "factors": "all", "value": float(error[0])}] if error is not None else []
    inside = [material.factors.index(name) for name in group if name in material.factors]
    for model, name in IMPORTANCE.items():
        table = material.of_layer(name, layer)
        if table is None:
            continue
        for factors, columns in {"all": [], "group": inside}.items():
            if factors == "all" or inside:
                parts = importance_score(table, "", columns=columns).parts
                lines += [
                    {"score": score, "model": model, "factors": factors, "value": parts.get(score, np.nan)}
                    for score in ("disentanglement", "completeness")
                ]
    return lines


def _beta(config: Mapping[str, Any]) -> float:
    """β at the end of training; of the deepest layer where each has its own."""
    beta = config["phases"][-1]["objective"].get("beta", 1.0)
    if isinstance(beta, (list, tuple)):
        beta = beta[-1]
    return schedule(beta, "beta").final


def _shared(data: Sequence[Mapping[str, Any]]) -> set[str]:
    """Options of the dataset that are equal in all runs."""
    return {key for key in data[0] if all(key in each and each[key] == data[0][key] for each in data)}


def _data_label(data: Mapping[str, Any], shared: set[str]) -> str:
    """What sets a dataset apart from the others compared, its name where nothing does."""
    return ", ".join(f"{key} {value}" for key, value in data.items() if key not in shared) or str(data["name"])
