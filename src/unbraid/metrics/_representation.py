"""A representation: the codes of rows whose factors are known, and the score of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from unbraid.core import FactorSpace, Kinds, Labels, Spec, UsageError, read_labels, require
from unbraid.core.labels import labels_in, mask_or_none
from unbraid.metrics._arrays import MOST_CODE, as_array, checked_numbers
from unbraid.metrics._prepared import Prepared
from unbraid.metrics._shown import html_table, number


@dataclass(frozen=True, repr=False)
class Representation:
    """Codes and factors of N rows: all that a metric sees. Make one with `Representation.from_arrays`.

    Args:
        code: posterior means [N, D], floating point.
        logvar: posterior log-variances [N, D], or None where the posterior is unknown.
        factors: [N, K]; int64 level numbers, or float64 when a factor is continuous. What stands where `missing` is
            True says nothing.
        space: the factors' names, sizes and kinds [K].
        layers: latents per layer, summing to D; (D,) for a flat model.
        complete: True when every combination of levels stands here exactly once, in any order (see `grid_rows`).
        missing: bool [N, K], True where a row has no level of the factor; None where none is missing.
        latent_names: of the latents [D]; z0, z1, … where the codes came without.

    Attributes:
        prepared: what was made of these codes already; never handed on to other codes, see `relabelled`.
    """

    code: np.ndarray
    logvar: np.ndarray | None
    factors: np.ndarray
    space: FactorSpace
    layers: tuple[int, ...]
    complete: bool = False
    missing: np.ndarray | None = None
    latent_names: tuple[str, ...] = ()
    prepared: Prepared | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def from_arrays(
        cls,
        code: Any,
        factors: Any,
        *,
        logvar: np.ndarray | None = None,
        space: FactorSpace | None = None,
        names: Sequence[str] | None = None,
        layers: Sequence[int] | None = None,
        kinds: Kinds | None = None,
        missing: np.ndarray | None = None,
        latent_names: Sequence[str] | None = None,
    ) -> Representation:
        """Check plain arrays and wrap them.

        Args:
            code: [N, D], or [N] for one latent: an array, tensor or DataFrame, whose columns name the latents.
            factors: [N, K], or [N] for one factor: an array, tensor, DataFrame or Series, or a mapping from names to
                columns.
                Without a `space` they are read as `unbraid.core.read_labels` says; with one they are level numbers (NaN
                where missing). None: no factors are known, as for label-free scores.
            logvar: posterior log-variances [N, D].
            space: the factors, where they are known.
            names: of the factors, where there is no space.
            layers: latents per layer; all in one when None.
            kinds: of factors whose kind is not to be decided, where there is no space: {"angle": "circular:360"}.
            missing: bool [N, K], True where a level is missing, beside a space.
            latent_names: of the latents [D]; those of a DataFrame's columns, else z0, z1, …, when None.

        Raises:
            UsageError: rows that do not match, NaN or infinity in codes, no rows, no latents, shapes that are not
                matrices, factors that are no labels.
        """
        _require_descriptions(space, names, kinds, latent_names)
        if latent_names is None and hasattr(code, "columns"):
            latent_names = [str(name) for name in code.columns]
        code, factors = as_array(code), as_array(factors) if hasattr(factors, "detach") else factors
        code = code[:, None] if code.ndim == 1 else code
        require(code.ndim == 2, "code must be a matrix [N, D], one row per observation", f"shape {code.shape}")
        require(code.shape[0] > 0 and code.shape[1] > 0, "code must have rows and latents", f"shape {code.shape}")
        code = checked_numbers(code, "code", MOST_CODE)
        if logvar is not None:
            logvar = as_array(logvar)
            require(logvar.shape == code.shape, f"logvar must have the shape of code {code.shape}", logvar.shape)
            logvar = checked_numbers(logvar, "logvar")
        if factors is None:
            factors, space = np.empty((len(code), 0), dtype=np.int64), FactorSpace(())
        if space is None:
            require(
                missing is None,
                "a mask of missing levels goes with a space of factors",
                "no space",
                "give both or none",
            )
            labels = read_labels(factors, names, kinds)
        else:
            require(names is None and kinds is None, "names and kinds stand in the space", "both", "leave them out")
            labels = labels_in(space, factors, missing)
        require(
            len(code) == len(labels.factors),
            "code and factors must have the same number of rows",
            f"{len(code)} and {len(labels.factors)}",
            "give one row of factors for each row of codes",
        )
        given: Any = layers
        widths = (code.shape[1],) if given is None else tuple(given) if _is_list(given) else (given,)
        whole = all(isinstance(width, (int, np.integer)) and width >= 1 for width in widths)
        rule = f"layers must be whole numbers of at least 1 that sum to the number of latents ({code.shape[1]})"
        require(whole and sum(widths) == code.shape[1], rule, f"{widths}")
        latent_names = tuple(latent_names or (f"z{number}" for number in range(code.shape[1])))
        require(
            len(latent_names) == len(set(latent_names)) == code.shape[1],
            f"latents must have a name each, all different ({code.shape[1]})",
            list(latent_names),
        )
        complete = labels.missing is None and _is_complete(labels.factors, labels.space)
        return cls(code, logvar, labels.factors, labels.space, widths, complete, labels.missing, latent_names)

    def __len__(self) -> int:
        return len(self.code)

    def __repr__(self) -> str:
        layers = f" in {len(self.layers)} layers" if len(self.layers) > 1 else ""
        factors = ", ".join(f"{factor.name} {factor.size or factor.kind}" for factor in self.space.factors)
        return f"<Representation: {len(self):,} rows, {self.latents} latents{layers}; factors {factors or 'none'}>"

    def _repr_html_(self) -> str:
        factors = [(factor.name, factor.kind, str(factor.size or "")) for factor in self.space.factors]
        table = html_table(("factor", "kind", "levels"), factors)
        return f"<p>{len(self):,} rows, {self.latents} latents</p>{table}"

    @property
    def latents(self) -> int:
        """Number of latents D."""
        return int(self.code.shape[1])

    @cached_property
    def grid_rows(self) -> np.ndarray:
        """The row of each combination [N] of a complete representation, the last factor varying fastest.

        The levels of a factor follow in the order in which the rows show them first: how they are written, and thereby
        numbered, then moves no draw of rows. Where the rows stand in the order of the space, so do the levels.
        """
        require(self.complete, "only a complete representation has a row for every combination", f"{len(self)} rows")
        numbers = self.space.index(self.factors)
        if _in_order(numbers):
            return numbers
        return np.argsort(self.space.index(np.stack([_as_first_seen(column) for column in self.factors.T], axis=1)))

    @property
    def labels(self) -> Labels:
        """The factors alone; `.described()` says in one line a factor how they were read."""
        return Labels(self.factors, self.missing, self.space)

    def known(self) -> Representation:
        """The rows in which no factor is missing."""
        return self if self.missing is None else self.rows(np.flatnonzero(~self.missing.any(axis=1)))

    def rows(self, index: np.ndarray) -> Representation:
        """The rows named by `index` [M], or by a boolean mask [N]; no longer complete."""
        logvar = None if self.logvar is None else self.logvar[index]
        missing = None if self.missing is None else mask_or_none(self.missing[index])
        part = replace(self, code=self.code[index], logvar=logvar, factors=self.factors[index])
        return replace(part, complete=False, missing=missing)

    def preparing(self) -> Representation:
        """The same representation with a fresh store for what is made of its codes."""
        return _storing(replace(self), Prepared())

    def relabelled(self, **changed: Any) -> Representation:
        """The same codes with other factors, space or completeness; what was prepared of the codes stays."""
        return _storing(replace(self, **changed), self.prepared)

    def with_permuted_factors(self, order: np.ndarray) -> Representation:
        """The same codes, with the factors of the rows `order` [N], a permutation; no longer complete."""
        missing = None if self.missing is None else self.missing[order]
        return self.relabelled(factors=self.factors[order], missing=missing, complete=False)

    def layer(self, number: int) -> Representation:
        """One layer's latents only."""
        require(0 <= number < len(self.layers), f"layer must lie in 0 .. {len(self.layers) - 1}", number)
        start = sum(self.layers[:number])
        part = slice(start, start + self.layers[number])
        logvar = None if self.logvar is None else self.logvar[:, part]
        names = self.latent_names[part]
        return replace(self, code=self.code[:, part], logvar=logvar, layers=(self.layers[number],), latent_names=names)


@dataclass(frozen=True, repr=False)
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

    @property
    def brief(self) -> str:
        """The value, and where it has them its floor and what is above it; or why it is missing."""
        if self.value is None:
            return f"missing: {self.reason}"
        floor = "" if self.floor is None else f"  floor {self.floor:.3f}"
        above = "" if self.above is None else f"  above {self.above:.3f}"
        return f"{self.value:.3f}{floor}{above}"

    def __repr__(self) -> str:
        name = "" if self.spec is None else f"{self.spec.name} "
        return f"<Score {name}{self.brief}>"

    def _repr_html_(self) -> str:
        rows = [(name, number(part)) for name, part in self.parts.items()]
        return html_table(("" if self.spec is None else self.spec.name, self.brief), rows)

    def __post_init__(self) -> None:
        if self.value is not None and not np.isfinite(self.value):
            raise UsageError(f"a score must be finite or missing (None); got {self.value}.")
        for name, part in self.parts.items():
            if not np.isfinite(part):
                raise UsageError(f"part '{name}' of a score must be finite or left out; got {part}.")


def _storing(rep: Representation, prepared: Prepared | None) -> Representation:
    """The representation itself, just made, with its store: a field that `replace` cannot hand on to other codes."""
    object.__setattr__(rep, "prepared", prepared)
    return rep


def _is_complete(factors: np.ndarray, space: FactorSpace) -> bool:
    """Whether every combination stands in one row."""
    if not len(space) or space.combinations != len(factors) or not np.issubdtype(factors.dtype, np.integer):
        return False
    numbers = space.index(factors)
    return _in_order(numbers) or bool(np.bincount(numbers, minlength=len(numbers)).max() == 1)


def _as_first_seen(column: np.ndarray) -> np.ndarray:
    """The values of a column [N] numbered in the order in which they first occur."""
    _, first, number = np.unique(column, return_index=True, return_inverse=True)
    renumbered: np.ndarray = np.argsort(np.argsort(first))[number]
    return renumbered


def _in_order(numbers: np.ndarray) -> bool:
    return np.array_equal(numbers, np.arange(len(numbers)))


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, (str, bytes, Mapping))


def _require_descriptions(space: Any, names: Any, kinds: Any, latent_names: Any) -> None:
    """Raise `UsageError` for what describes factors and latents and has another form."""
    fits = space is None or isinstance(space, FactorSpace)
    require(fits, "space must be a FactorSpace", f"{space!r:.100}", "leave it out to have the factors read")
    for what, given in (("names", names), ("latent_names", latent_names)):
        names_alone = given is None or (_is_list(given) and all(not _is_list(name) for name in given))
        require(names_alone, f"{what} must be a list of names", f"{given!r:.100}")
    described = kinds is None or isinstance(kinds, Mapping) or _is_list(kinds)
    require(
        described, "kinds must be a mapping from factors to kinds", f"{kinds!r:.100}", 'as in {"angle": "circular"}'
    )
