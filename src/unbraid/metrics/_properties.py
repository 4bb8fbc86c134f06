"""What every metric declares about itself; the contract in tests/contracts/test_metrics.py holds it to that."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Literal

from unbraid.core import Spec, UsageError

Invariance = Literal["permutation", "sign", "scale", "idle"]
Reading = Literal["levels", "order"]
Need = Literal["factors", "logvar", "grid", "several"]
Permuted = Literal["factors", "codes", "latents", "nothing"]
Cost = Literal["quick", "slow"]
Resampled = Literal["parts", "halves", "nothing"]


@dataclass(frozen=True)
class Properties:
    """What a metric declares: the constant `PROPERTIES` of its file, read by `properties(name)`.

    Args:
        source: where it comes from, with section or equation.
        range: lowest and highest possible value; infinite where unbounded.
        higher_is_better: None where neither end is better (a description rather than a score).
        rows: fewest rows it accepts with its default options; fewer raise `UsageError` naming this number.
        dead: what a constant latent does to it.
        duplicate: what two copies of one latent do to it.
        tiny: what a latent of tiny scale does to it.
        discrete: what latents of few distinct values do to it.
        blind_to: what the value does not show: how codes may get worse while it stays, or what else lowers it.
        invariant: the changes of a code that leave the value as it is: `permutation` of the latents, `sign` of a
            latent, `scale` of each latent by a positive factor, `idle` for one more latent, constant, whose posterior
            is the prior. Those not named do move it.
        tolerance: how far the value may move under those (tie-breaking, drawn rows, solvers).
        top: a noise-free code of one latent per factor scores at least this (at most, where lower is better); None
            where that says nothing about the metric.
        bottom: a code independent of the factors scores at most this (at least, where lower is better).
        latents: fewest latents it accepts.
        factors: fewest factors (with more than one level) it accepts.
        by_factor: the value is the mean of the values of single factors. Where levels are missing, each factor is then
            scored on the rows that have it; other scores use the rows that have all factors.
        reads: `levels` where the value stays under any one-to-one renaming of a factor's levels; `order` where it reads
            the order of ordinal levels and the values of continuous factors, and stays under increasing maps of the one
            and increasing affine maps of the other. A categorical factor is renamed freely under both.
        renamed: how far the value may move under those (drawn levels, solvers); summed in another order by default.
        needs: what beyond codes: `factors`, `logvar` (posterior variances), `grid` (a complete grid),
            `several` (several representations of the same rows).
        permuted: what is permuted for its floor: rows of the `factors`; rows of the `codes`, where a complete grid must
            stay one; each of the `latents` by itself, for dependence among latents; `nothing` where it has no floor.
        resampled: how rows are redrawn for its interval (see `intervals`): `parts` of the rows left out in turn, for
            what has no chance of its own; `halves` of the rows, where draws or splits of its own are part of the noise;
            `nothing` where no interval is known to hold, as for counts over a threshold.
        widened: by what the standard error is multiplied where redrawn rows show too little of it.
        cost: `quick` where its floor is measured by default: under 0.3 s for 10,000 rows and 10 latents; else `slow`.
    """

    source: str
    range: tuple[float, float]
    higher_is_better: bool | None
    rows: int
    dead: str
    duplicate: str
    tiny: str
    discrete: str
    blind_to: str = ""
    invariant: tuple[Invariance, ...] = ("permutation", "sign", "scale", "idle")
    tolerance: float = 1e-6
    top: float | None = None
    bottom: float | None = None
    latents: int = 1
    factors: int = 1
    by_factor: bool = False
    reads: Reading = "levels"
    renamed: float = 1e-12
    needs: tuple[Need, ...] = ("factors",)
    permuted: Permuted = "nothing"
    cost: Cost = "slow"
    resampled: Resampled = "halves"
    widened: float = 1.0


def properties(metric: Any) -> Properties:
    """What a metric declares, given by name, Spec or as the function itself; the `PROPERTIES` of its module.

    Raises:
        UsageError: no such metric, or an outside one that declares nothing.
    """
    spec = Spec.of(metric)
    said = getattr(sys.modules.get(spec.entry("metrics").__module__ or ""), "PROPERTIES", None)
    if not isinstance(said, Properties):
        raise UsageError(f"the module of metric '{spec.name}' must define PROPERTIES = Properties(...); it does not.")
    return said


def declared(metric: Any) -> Properties | None:
    """What a metric declares (see `properties`); None for an outside one that declares nothing."""
    try:
        return properties(metric)
    except UsageError:
        return None
