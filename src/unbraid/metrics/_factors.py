"""Factors as probes need them: which vary, and the columns of numbers to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, require, require_choice, require_known
from unbraid.core.labels import mask_or_none
from unbraid.metrics._bins import factor_levels
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_levels

Targets = Literal["natural", "value"]


def varying(rep: Representation) -> np.ndarray:
    """Mask [K] of the factors that take more than one value in these rows."""
    require_levels(rep)
    if rep.complete:
        return np.array(rep.space.sizes) > 1
    return np.ptp(rep.factors, axis=0) > 0 if len(rep.space) else np.zeros(0, dtype=bool)


def with_factors(rep: Representation, mask: np.ndarray) -> Representation:
    """The same rows with only the factors of `mask` [K]."""
    if mask.all():
        return rep
    names = list(compress(rep.space.names, mask))
    return rep.relabelled(
        factors=rep.factors[:, mask],
        missing=None if rep.missing is None else mask_or_none(rep.missing[:, mask]),
        space=rep.space.subset(names),
        complete=rep.complete and all(factor.size == 1 for factor in rep.space.factors if factor.name not in names),
    )


def columns_of(group: Sequence[str], rep: Representation, space: FactorSpace) -> list[int]:
    """Columns in `space` (the factors of `rep` that vary) of the factors named in `group`; of all when it is empty.

    Raises:
        UsageError: a name that is no factor of `rep`, or a group in which nothing varies.
    """
    for name in group:
        require_known(name, rep.space.names, "factor of the group")
    columns = [space.position(name) for name in group or space.names if name in space.names]
    require(columns, "a group of factors needs one that takes more than one value", list(group))
    return columns


def levels_of_both(
    first: Representation, second: Representation, bins: int, factor_bins: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Level numbers of two sets of rows of one space; continuous factors in `bins` equal widths over both together.

    `factor_bins` as in `factor_levels`.
    """
    both = replace(first, factors=np.concatenate([first.factors, second.factors]))
    levels = factor_levels(both, bins, factor_bins)
    return levels[: len(first)], levels[len(first) :]


def targets(rep: Representation, k: int, kind: Targets = "natural") -> np.ndarray:
    """Columns float64 [N, M] that stand for factor k where a probe predicts numbers.

    `natural` turns a circular factor into sine and cosine and a categorical one into one indicator per level; an
    ordinal one is its level numbers, however its levels are written, and a continuous one its values. `value` takes the
    physical values of every factor.
    """
    require_choice(kind, Targets, "targets")
    factor, levels = rep.space.factors[k], rep.factors[:, k]
    if kind == "natural" and factor.kind == "categorical":
        indicators: np.ndarray = levels[:, None] == np.unique(levels)
        return indicators.astype(np.float64)
    if kind == "natural" and factor.kind == "ordinal":
        return levels[:, None].astype(np.float64)
    values = np.asarray(factor.values)[levels.astype(np.int64)] if factor.values else levels.astype(np.float64)
    if kind == "natural" and factor.kind == "circular":
        angle = 2 * np.pi * values / _period(factor)
        return np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return values[:, None]


def _period(factor: Factor) -> float:
    """A full turn in the unit of the factor's values."""
    if factor.period is not None:
        return factor.period
    step = factor.values[1] - factor.values[0] if len(factor.values) > 1 else 1.0
    return factor.size * step if factor.size else 2 * np.pi
