"""What there is to say about a dataset, measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core import Factor, rng
from unbraid.core.checked import checked
from unbraid.core.values import Count, Seed
from unbraid.data import (
    FactorDistances,
    GroundTruthDataset,
    channel_statistics,
    distance_named,
    factor_distances,
    walk_along,
)

STEPS = 10  # levels in a walk


@dataclass(frozen=True)
class DataSummary:
    """What there is to say about a dataset.

    Args:
        dataset: the dataset.
        rows: images measured for the channel statistics.
        mean: of each channel [C].
        deviation: of each channel [C].
        pairs: pairs per factor.
        distance: name of the distance.
        distances: of pairs along each factor and of random pairs.
        walks: factor -> images [S, C, H, W].
        values: factor -> the levels of the walk, in words.
    """

    dataset: GroundTruthDataset
    rows: int
    mean: np.ndarray
    deviation: np.ndarray
    pairs: int
    distance: str
    distances: FactorDistances
    walks: Mapping[str, np.ndarray]
    values: Mapping[str, list[str]]

    def factors(self) -> list[dict[str, str]]:
        """One row per factor: name, levels, kind, range."""
        return [
            {"name": f.name, "levels": str(f.size or "—"), "kind": f.kind, "range": _range(f)}
            for f in self.dataset.space.factors
        ]

    def table(self) -> list[dict[str, Any]]:
        """One row per factor and one for random pairs: name, mean, deviation; the largest first."""
        means, deviations = self.distances.means(), self.distances.deviations()
        return [{"name": name, "mean": means[name], "deviation": deviations[name]} for name in means]

    def channels(self) -> list[dict[str, Any]]:
        """One row per channel: name, mean, deviation."""
        count = len(self.mean)
        names = {1: ["grey"], 3: ["red", "green", "blue"]}.get(count) or [str(c) for c in range(count)]
        rows = zip(names, self.mean, self.deviation, strict=True)
        return [{"name": name, "mean": float(mean), "deviation": float(deviation)} for name, mean, deviation in rows]


@checked
def data_summary(
    dataset: GroundTruthDataset, *, pairs: Count = 50_000, rows: Count = 20_000, distance: str = "mse", seed: Seed = 0
) -> DataSummary:
    """Measure a dataset.

    Args:
        dataset: any dataset.
        pairs: pairs per factor.
        rows: images measured for the channel statistics, at most.
        distance: mse, box_blur_mse, or your own `package.module:function`.
        seed: of the pairs and of the rows.
    """
    measure = distance_named(distance)
    mean, deviation = channel_statistics(dataset, rows=rows, rng=rng(seed, purpose="statistics"))
    measured = factor_distances(dataset, rng(seed, purpose="pairs"), pairs=pairs, distance=measure)
    walks, values = walks_of(dataset, STEPS)
    rows = min(rows, len(dataset))
    return DataSummary(dataset, rows, mean, deviation, pairs, distance, measured, walks, values)


def walks_of(dataset: GroundTruthDataset, steps: int) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """Factor -> images of at most `steps` of its levels [S, C, H, W], and these levels in words, where it has some."""
    walks, values = {}, {}
    for k, factor in enumerate(dataset.space.factors):
        walk = walk_along(dataset, k, steps=steps)
        if walk is not None:
            walks[factor.name], levels = walk
            values[factor.name] = [_level(factor, level) for level in levels[:, k]]
    return walks, values


def _range(factor: Factor) -> str:
    """First and last level in words."""
    if factor.size == 0:
        return "real numbers"
    ends = [_level(factor, 0), _level(factor, factor.size - 1)]
    unit = f" {factor.unit}" if factor.unit and not factor.labels else ""
    return (ends[0] if ends[0] == ends[1] else " … ".join(ends)) + unit


def _level(factor: Factor, level: float) -> str:
    """A level in words: its label, its value, or its number."""
    if factor.size == 0:
        return f"{level:.3g}"
    if factor.labels:
        return factor.labels[int(level)]
    return f"{factor.values[int(level)]:.3g}" if factor.values else str(int(level))
