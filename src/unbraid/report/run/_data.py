"""The files of a run directory, read once for its report; nothing here computes scores or draws."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unbraid.core import require_trusted
from unbraid.evaluation import has_codes, load_representation, read_arrays, read_baselines, read_scores
from unbraid.metrics import FLOOR, Representation
from unbraid.metrics._factors import with_factors
from unbraid.report.run._configuration import require_configuration
from unbraid.store import CONFIG, METRICS, REPRESENTATION, RunDirectory

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
        rep: codes of all layers and these factors, None before evaluation.
        layers: latents per layer.
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
    rep: Representation | None
    layers: tuple[int, ...]
    note: Mapping[str, Any]

    @property
    def latents(self) -> int:
        """Latents of all layers together."""
        return sum(self.layers)

    @property
    def codes(self) -> np.ndarray | None:
        """Posterior means of all layers [N, D], None before evaluation."""
        return None if self.rep is None else self.rep.code

    @property
    def levels(self) -> np.ndarray | None:
        """Levels of the factors [N, K], NaN where missing; None before evaluation."""
        if self.rep is None:
            return None
        return self.rep.factors if self.rep.missing is None else np.where(self.rep.missing, np.nan, self.rep.factors)

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
    require_configuration(config, run / CONFIG)
    arrays = read_arrays(run)
    note = run.read_note(REPRESENTATION) if has_codes(run) else {}
    rep = _varying(load_representation(run)) if note else None
    return RunData(
        folder=run.path,
        config=config,
        status=run.read_status(),
        log=_columns(run.read_log()),
        metrics=_metrics(run),
        baselines=read_baselines(run),
        arrays=arrays,
        factors=() if rep is None else rep.space.names,
        rep=rep,
        layers=_layers(note, arrays),
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


def _varying(rep: Representation) -> Representation:
    """The same rows with the factors that vary, as scores have them."""
    columns = zip(rep.factors.T, itertools.repeat(None) if rep.missing is None else rep.missing.T, strict=False)
    return with_factors(rep, np.array([_varies(column, lacking) for column, lacking in columns], dtype=bool))


def _varies(column: np.ndarray, lacking: np.ndarray | None) -> bool:
    known = column if lacking is None else column[~lacking]
    return bool(len(known) and np.ptp(known) > 0)


def _layers(note: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Latents per layer, as noted, or else as many as have a KL."""
    if note.get("layers"):
        return tuple(int(latents) for latents in note["layers"])
    names = sorted(name for name in arrays if name.startswith("kl/"))
    return tuple(len(arrays[name]) for name in names)
