"""The files of a run directory, read once for its report; nothing here computes scores or draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import require_trusted
from unbraid.evaluation import has_codes, read_arrays, read_baselines, read_scores
from unbraid.metrics import FLOOR
from unbraid.metrics._information import entropies
from unbraid.store import METRICS, REPRESENTATION, RunDirectory

__all__ = ["RunData", "read_run_data"]

COLUMNS = ("layer", "metric", "part", "value", "low", "high", *FLOOR, "variant", "reason", "note", "rows")


@dataclass(frozen=True)
class RunData:
    """Everything a report is made of; what a run does not have is empty.

    Args:
        folder: the run directory.
        config: the complete configuration as plain mappings.
        status: state, step, steps, seconds, versions, device.
        log: one array per column of the log, NaN where a cell is empty.
        metrics: tidy table; `part` is empty for the score itself, `value` is missing where there is none.
        baselines: the same table of the run's baselines, with a column `baseline`; empty where none were scored.
        arrays: named arrays, such as `mig/information/0` (of layer 0) and `figures/originals`.
        factors: names of the K factors that vary in the encoded rows, as scores have them; empty when none are known.
        entropies: entropy of each of them over the encoded rows in nats [K]; NaN for continuous ones.
        layers: latents per layer.
        codes: posterior means of all layers [N, D], None before evaluation.
        levels: levels of these factors [N, K], NaN where missing; None before evaluation.
        note: what was written beside the representation (rows, source, factors, layers).
    """

    folder: Path
    config: Mapping[str, Any]
    status: Mapping[str, Any]
    log: Mapping[str, np.ndarray]
    metrics: pd.DataFrame
    baselines: pd.DataFrame
    arrays: Mapping[str, np.ndarray]
    factors: tuple[str, ...]
    entropies: np.ndarray
    layers: tuple[int, ...]
    codes: np.ndarray | None
    levels: np.ndarray | None
    note: Mapping[str, Any]

    @property
    def latents(self) -> int:
        """Latents of all layers together."""
        return sum(self.layers)

    def layer_array(self, name: str, layer: int) -> np.ndarray | None:
        """The array `name` of a layer, such as `mig/information`; else one of that metric with options; else None."""
        metric, _, array = f"{name}/{layer}".partition("/")
        with_options = (key for key in self.arrays if key.startswith(f"{metric}(") and key.endswith(f")/{array}"))
        return self.arrays.get(f"{metric}/{array}", self.arrays.get(next(with_options, "")))

    def layer_codes(self, layer: int) -> np.ndarray | None:
        """Posterior means of a layer [N, D_l], None before evaluation."""
        start = sum(self.layers[:layer])
        return None if self.codes is None else self.codes[:, start : start + self.layers[layer]]


def read_run_data(folder: Path | str, *, trust: bool = False) -> RunData:
    """Read a run directory.

    Raises:
        UsageError: it is not a run, it is one of a newer version, or it names code from elsewhere without `trust`.
    """
    run = RunDirectory(folder)
    config = run.read_config()
    require_trusted(config, str(run.path), trust)
    arrays, coded = read_arrays(run), has_codes(run)
    note = run.read_note(REPRESENTATION) if coded else {}
    encoded = run.read_tensors(REPRESENTATION) if coded else {}
    names = [str(factor["name"]) for factor in note.get("factors", [])]
    levels = np.asarray(encoded["factors"]) if encoded else np.empty((0, len(names)))
    if "missing" in encoded:
        levels = np.where(encoded["missing"], np.nan, levels)
    varies = np.array([not levels.size or len(np.unique(_known(column))) > 1 for column in levels.T], dtype=bool)
    factors, levels = tuple(name for name, kept in zip(names, varies, strict=True) if kept), levels[:, varies]
    return RunData(
        folder=run.path,
        config=config,
        status=run.read_status(),
        log=_columns(run.read_log()),
        metrics=_metrics(run),
        baselines=read_baselines(run),
        arrays=arrays,
        factors=factors,
        entropies=_entropies(levels if encoded else None, len(factors)),
        layers=_layers(note, arrays),
        codes=encoded["code"] if encoded else None,
        levels=levels if encoded else None,
        note=note,
    )


def _columns(rows: list[dict[str, float]]) -> dict[str, np.ndarray]:
    """Rows of the log as columns."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}


def _metrics(run: RunDirectory) -> pd.DataFrame:
    """The score table with all its columns, empty when nothing was evaluated."""
    frame = read_scores(run) if run.has(METRICS) else pd.DataFrame(columns=list(COLUMNS))
    for name in COLUMNS:
        if name not in frame:
            frame[name] = None
    return frame.assign(part=frame["part"].fillna(""), value=pd.to_numeric(frame["value"]))


def _entropies(levels: np.ndarray | None, factors: int) -> np.ndarray:
    """Entropy of each factor in nats [K] from its levels [N, K]; NaN for a continuous one, and without levels."""
    if levels is None:
        return np.full(factors, np.nan)
    return np.array([_entropy(_known(column)) for column in levels.T])


def _known(column: np.ndarray) -> np.ndarray:
    """Levels without the missing ones."""
    return column[~np.isnan(column)]


def _entropy(column: np.ndarray) -> float:
    if not np.all(column == np.round(column)):
        return float("nan")
    numbers = np.unique(column, return_inverse=True)[1]
    return float(entropies(numbers[:, None])[0])


def _layers(note: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Latents per layer, as noted, or else as many as have a KL."""
    if note.get("layers"):
        return tuple(int(latents) for latents in note["layers"])
    names = sorted(name for name in arrays if name.startswith("kl/"))
    return tuple(len(arrays[name]) for name in names)
