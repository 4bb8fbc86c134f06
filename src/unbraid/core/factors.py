"""Factors of variation and the space of their combinations: index <-> levels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from unbraid.core.checks import UsageError, require, require_choice, require_known
from unbraid.core.places import is_text

Kind = Literal["ordinal", "circular", "categorical", "continuous"]


@dataclass(frozen=True)
class Factor:
    """One factor of variation: its name, number of levels, kind, unit and the value of each level.

    Args:
        name: how tables and figures call it.
        size: number of levels, numbered 0 .. size - 1; 0 for a continuous or circular factor without levels.
        kind: `ordinal` (levels have an order), `circular` (the last level is next to the first),
            `categorical` (no order), `continuous` (real values, no levels).
        unit: unit of `values`, empty when they have none.
        values: the physical value of each level, in `unit`; empty means the level number itself.
        labels: a name for each level (categorical factors), empty when there are none. Values and labels are shown;
            scores read level numbers.
        period: for circular factors, the length of a full turn in the unit of `values`.
    """

    name: str
    size: int
    kind: Kind = "ordinal"
    unit: str = ""
    values: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    period: float | None = None

    def __post_init__(self) -> None:
        for text in (self.name, self.unit, *self.labels):
            whole = isinstance(text, str) and is_text(text)
            require(whole, "the words of a Factor must be text of whole characters, without NUL", f"{text!r:.100}")
        require_choice(self.kind, Kind, f"Factor.kind of '{self.name}'")
        require(
            self.size >= 1 or (self.kind in ("continuous", "circular") and self.size == 0),
            f"Factor.size of '{self.name}' must be at least 1 (0 only for continuous and circular factors)",
            self.size,
        )
        for what, given in (("values", self.values), ("labels", self.labels)):
            require(
                not given or len(given) == self.size,
                f"Factor.{what} of '{self.name}' must hold one entry per level ({self.size})",
                len(given),
            )


def factor_from(described: dict[str, Any]) -> Factor:
    """A Factor as `dataclasses.asdict` describes it, from JSON: lists back to tuples."""
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in described.items()}
    return Factor(**fields)


@dataclass(frozen=True)
class FactorSpace:
    """All combinations of the factors' levels, numbered with the last factor varying fastest.

    Index arithmetic is int64 throughout: XYSquares at spacing 1 has 3.4e10 combinations.

    >>> space = FactorSpace((Factor("shape", 3), Factor("x", 4)))
    >>> space.levels(np.array([5])).tolist()
    [[1, 1]]
    """

    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", tuple(self.factors))
        require(
            len(set(self.names)) == len(self.factors),
            "factor names must differ",
            list(self.names),
            "name each factor once",
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Factor names, in column order [K]."""
        return tuple(factor.name for factor in self.factors)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Levels per factor [K]; 0 for continuous ones."""
        return tuple(factor.size for factor in self.factors)

    @property
    def combinations(self) -> int:
        """Number of combinations of levels, 1 for a space without factors, 0 if any factor is continuous."""
        return math.prod(self.sizes)

    def __len__(self) -> int:
        return len(self.factors)

    def position(self, name: str) -> int:
        """Column of the factor called `name`."""
        require_known(name, self.names, "factor")
        return self.names.index(name)

    def levels(self, index: np.ndarray) -> np.ndarray:
        """Level of each factor for combination numbers `index` [N] -> int64 [N, K]."""
        index = np.asarray(index, dtype=np.int64)
        self._require_discrete()
        if index.size and (index.min() < 0 or index.max() >= self.combinations):
            worst = int(index.min()) if index.min() < 0 else int(index.max())
            raise UsageError(f"index must lie in 0 .. {self.combinations - 1}; got {worst}.")
        levels = np.empty((*index.shape, len(self.factors)), dtype=np.int64)
        rest = index
        for k in range(len(self.factors) - 1, -1, -1):
            rest, levels[..., k] = np.divmod(rest, self.factors[k].size)
        return levels

    def index(self, levels: np.ndarray) -> np.ndarray:
        """Combination number of `levels` [N, K] -> int64 [N]; the inverse of `levels`."""
        levels = np.asarray(levels)
        known = not np.issubdtype(levels.dtype, np.floating) or not np.isnan(levels).any()
        require(known, "combinations can be numbered only where every level is known", "missing levels (NaN)")
        levels = levels.astype(np.int64, copy=False)
        self._require_discrete()
        require(
            levels.shape[-1:] == (len(self.factors),),
            f"levels must have {len(self.factors)} columns, one per factor",
            f"shape {levels.shape}",
        )
        index = np.zeros(levels.shape[:-1], dtype=np.int64)
        for k, factor in enumerate(self.factors):
            column = levels[..., k]
            if column.size and (column.min() < 0 or column.max() >= factor.size):
                raise UsageError(
                    f"levels of factor '{factor.name}' must lie in 0 .. {factor.size - 1}; "
                    f"got {int(column.min())} .. {int(column.max())}."
                )
            index = index * factor.size + column
        return index

    def values(self, levels: np.ndarray) -> np.ndarray:
        """Physical value of each level: `levels` [N, K] -> float64 [N, K], in each factor's unit."""
        levels = np.asarray(levels)
        values = levels.astype(np.float64)
        for k, factor in enumerate(self.factors):
            if factor.values:
                values[..., k] = np.asarray(factor.values)[levels[..., k].astype(np.int64)]
        return values

    def subset(self, names: Iterable[str]) -> FactorSpace:
        """The space of the named factors only, in the order given."""
        return FactorSpace(tuple(self.factors[self.position(name)] for name in names))

    def _require_discrete(self) -> None:
        require(
            all(factor.size >= 1 for factor in self.factors),
            "combinations can be numbered only when every factor has levels",
            [factor.name for factor in self.factors if factor.size < 1],
            "use the values themselves for continuous factors",
        )
