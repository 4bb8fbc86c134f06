"""Levels of a factor merged into fewer: 40 angles into 16 classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unbraid.core import Factor, FactorSpace, require
from unbraid.data._dataset import GroundTruthDataset


class Merged(GroundTruthDataset):
    """The rows of a dataset, some levels of its factors counted as one.

    Args:
        dataset: with factors that have levels.
        merge: factor name -> number of classes, of neighbouring levels and as equal in size as can be; or a list with
            the class of each level, numbered from 0.
    """

    def __init__(self, dataset: GroundTruthDataset, merge: Mapping[str, Any]) -> None:
        self._dataset = dataset
        self._classes = {dataset.space.position(name): _classes(dataset, name, how) for name, how in merge.items()}
        factors = [
            _merged(factor, self._classes[k]) if k in self._classes else factor
            for k, factor in enumerate(dataset.space.factors)
        ]
        self.info = replace(dataset.info, space=FactorSpace(tuple(factors)), complete=False, render=None, cubes=0)

    def __len__(self) -> int:
        return len(self._dataset)

    def images(self, index: np.ndarray) -> np.ndarray:
        """Images of rows [N], as the dataset has them."""
        return self._dataset.images(index)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Classes of merged factors and levels of the others [N, K]."""
        levels = np.array(self._dataset.factors(index))
        for column, classes in self._classes.items():
            known = ~np.isnan(levels[:, column]) if levels.dtype.kind == "f" else slice(None)
            levels[known, column] = classes[levels[known, column].astype(np.int64)]
        return levels


def _classes(dataset: GroundTruthDataset, name: str, how: Any) -> np.ndarray:
    """The class of each level."""
    size = dataset.space.factors[dataset.space.position(name)].size
    require(size >= 2, f"merge.{name} needs a factor of at least two levels", f"{size or 'none'}")
    if isinstance(how, int) and not isinstance(how, bool):
        require(1 < how <= size, f"merge.{name} must be 2 .. {size} classes", how)
        return np.arange(size) * how // size
    whole = isinstance(how, Sequence) and all(isinstance(c, int) and not isinstance(c, bool) and c >= 0 for c in how)
    rule = f"merge.{name} must be a number of classes, or the class of each of {size} levels"
    require(whole and not isinstance(how, str) and len(how) == size, rule, repr(how)[:80], "like 16, or [0, 0, 1]")
    classes = np.array(how)
    gaps = sorted(set(range(int(classes.max()) + 1)) - set(classes.tolist()))
    require(not gaps, f"classes of merge.{name} must be numbered from 0 without gaps", f"none of class {gaps[:3]}")
    return classes


def _merged(factor: Factor, classes: np.ndarray) -> Factor:
    """The factor with the mean value of each class, or the names of its levels."""
    count = int(classes.max()) + 1
    members = [np.flatnonzero(classes == number) for number in range(count)]
    values = np.asarray(factor.values or range(factor.size), dtype=np.float64)
    kind = factor.kind if np.all(np.diff(classes) >= 0) else "categorical"
    labels = tuple(" or ".join(factor.labels[level] for level in levels) for levels in members) if factor.labels else ()
    period = factor.period if kind == "circular" else None
    if kind == "circular" and period is None:
        period = float(factor.size * (values[1] - values[0]))
    means = () if labels else tuple(float(values[levels].mean()) for levels in members)
    return Factor(factor.name, count, kind, factor.unit, means, labels, period)
