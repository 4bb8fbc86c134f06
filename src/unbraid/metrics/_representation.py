"""A representation: the codes of rows whose factors are known, and the score of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from unbraid.core import Factor, FactorSpace, Spec, UsageError, require, require_finite


@dataclass(frozen=True)
class Representation:
    """Codes and factors of N rows: all that a metric sees. Make one with `Representation.from_arrays`.

    Args:
        code: posterior means [N, D], floating point.
        logvar: posterior log-variances [N, D], or None where the posterior is unknown.
        factors: [N, K]; int64 level numbers, or float64 when a factor is continuous.
        space: the factors' names, sizes and kinds [K].
        layers: latents per layer, summing to D; (D,) for a flat model.
        complete: True when every combination of levels stands here exactly once, in the order of `space`.
    """

    code: np.ndarray
    logvar: np.ndarray | None
    factors: np.ndarray
    space: FactorSpace
    layers: tuple[int, ...]
    complete: bool = False

    @classmethod
    def from_arrays(
        cls,
        code: np.ndarray,
        factors: np.ndarray,
        *,
        logvar: np.ndarray | None = None,
        space: FactorSpace | None = None,
        names: Sequence[str] | None = None,
        layers: Sequence[int] | None = None,
    ) -> Representation:
        """Check plain arrays and wrap them; levels are renumbered 0 .. size - 1 when no space is given.

        Raises:
            UsageError: rows that do not match, NaN or infinity, no rows, no latents, shapes that are not matrices.
        """
        code, factors = np.asarray(code), np.asarray(factors)
        code = code[:, None] if code.ndim == 1 else code
        factors = factors[:, None] if factors.ndim == 1 else factors
        require(code.ndim == 2, "code must be a matrix [N, D], one row per observation", f"shape {code.shape}")
        require(factors.ndim == 2, "factors must be a matrix [N, K]", f"shape {factors.shape}")
        require(
            len(code) == len(factors),
            "code and factors must have the same number of rows",
            f"{len(code)} and {len(factors)}",
            "give one row of factors for each row of codes",
        )
        require(code.shape[0] > 0 and code.shape[1] > 0, "code must have rows and latents", f"shape {code.shape}")
        require_finite(code, "code")
        require_finite(factors, "factors")
        if logvar is not None:
            logvar = np.asarray(logvar)
            require(logvar.shape == code.shape, f"logvar must have the shape of code {code.shape}", logvar.shape)
            require_finite(logvar, "logvar")
        if space is None:
            factors, space = _levels(factors, names)
        require(len(space) == factors.shape[1], "space must name every column of factors", f"{len(space)} names")
        layers = tuple(layers) if layers is not None else (code.shape[1],)
        require(sum(layers) == code.shape[1], "layers must sum to the number of latents", f"{layers}")
        return cls(code, logvar, factors, space, layers, _is_complete(factors, space))

    def __len__(self) -> int:
        return len(self.code)

    @property
    def latents(self) -> int:
        """Number of latents D."""
        return int(self.code.shape[1])

    def rows(self, index: np.ndarray) -> Representation:
        """The rows named by `index` [M], or by a boolean mask [N]; no longer complete."""
        logvar = None if self.logvar is None else self.logvar[index]
        return replace(self, code=self.code[index], logvar=logvar, factors=self.factors[index], complete=False)

    def with_permuted_factors(self, order: np.ndarray) -> Representation:
        """The same codes, with the factors of the rows `order` [N], a permutation; no longer complete."""
        return replace(self, factors=self.factors[order], complete=False)

    def layer(self, number: int) -> Representation:
        """One layer's latents only."""
        require(0 <= number < len(self.layers), f"layer must lie in 0 .. {len(self.layers) - 1}", number)
        start = sum(self.layers[:number])
        part = slice(start, start + self.layers[number])
        logvar = None if self.logvar is None else self.logvar[:, part]
        return replace(self, code=self.code[:, part], logvar=logvar, layers=(self.layers[number],))


@dataclass(frozen=True)
class Score:
    """What a metric returns: one value, the parts it is made of, and the arrays behind it.

    Args:
        value: the score; `None` when it does not exist for these codes, never 0 or NaN in its place.
        parts: named numbers, such as one gap per factor; a missing part is left out.
        arrays: named arrays, such as "information" [D, K].
        variant: what exactly was computed (estimator, bins, probe, library version), stored beside the value.
        reason: why there is no value; empty where there is one.
        spec: the metric and its options, set by `score`; None for what a metric returns by itself.
        floor: what codes that know nothing score here, at the same N and D: the mean over permuted rows; set by
            `score`, like all that follows, and None where it was not measured or does not exist.
        floor_error: standard error of the floor.
        above: the score above chance, (value - floor) / (end of the range - floor): 0 for codes that know nothing, 1 at
            the end of the range; never clipped. None where the range has no end or the floor leaves no room.
        p: permutation p, (1 + permuted scores as good) / (1 + permutations); only where their number was fixed at 19 or
            more in advance.
        permutations: how many the floor is a mean of; None without a floor.
        notes: what a reader should know: a value no better than chance, latents that bins cannot resolve.
    """

    value: float | None
    parts: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    variant: str = ""
    reason: str = ""
    spec: Spec | None = None
    floor: float | None = None
    floor_error: float | None = None
    above: float | None = None
    p: float | None = None
    permutations: int | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.value is not None and not np.isfinite(self.value):
            raise UsageError(f"a score must be finite or missing (None); got {self.value}.")
        for name, part in self.parts.items():
            if not np.isfinite(part):
                raise UsageError(f"part '{name}' of a score must be finite or left out; got {part}.")


def _levels(factors: np.ndarray, names: Sequence[str] | None) -> tuple[np.ndarray, FactorSpace]:
    """Number the levels of each column; columns of non-whole numbers stay as they are, as continuous factors."""
    names = list(names) if names is not None else [f"factor {k}" for k in range(factors.shape[1])]
    require(len(names) == factors.shape[1], "names must hold one name per column of factors", names)
    columns, made = [], []
    for k, name in enumerate(names):
        column = factors[:, k]
        if np.issubdtype(column.dtype, np.floating) and np.any(column != np.round(column)):
            columns.append(column.astype(np.float64))
            made.append(Factor(name, 0, kind="continuous"))
        else:
            values, numbers = np.unique(column, return_inverse=True)
            columns.append(numbers.astype(np.int64))
            made.append(Factor(name, len(values), values=tuple(float(v) for v in values)))
    whole = all(np.issubdtype(column.dtype, np.integer) for column in columns)
    table = np.stack(columns, axis=1) if columns else np.empty((len(factors), 0), np.int64)
    return table.astype(np.int64 if whole else np.float64), FactorSpace(tuple(made))


def _is_complete(factors: np.ndarray, space: FactorSpace) -> bool:
    """Whether row i is combination i, for every combination."""
    if not len(space) or space.combinations != len(factors) or not np.issubdtype(factors.dtype, np.integer):
        return False
    return bool(np.array_equal(factors, space.levels(np.arange(len(factors)))))
