"""What metrics demand of a representation, each demand with its message."""

from __future__ import annotations

import numpy as np

from unbraid.core import UsageError, require
from unbraid.metrics._representation import Representation

FEW_LEVELS, MOST_LEVELS = 64, 1024  # of a factor
MOST_LOGVAR = 80  # a deviation of exp(±40)
GAPS = "call score(rep, ...), which picks the rows for each score, or take rep.known()"


def require_rows(rep: Representation, rows: int, metric: str) -> None:
    """Raise `UsageError` unless there are at least `rows` rows."""
    require(len(rep) >= rows, f"{metric} needs at least {rows} rows", len(rep), "score more rows")


def require_levels(rep: Representation) -> None:
    """Raise `UsageError` where levels are missing: a score called by itself has to be given rows that have them."""
    masks = () if rep.missing is None else rep.missing.T
    gaps = [name for name, mask in zip(rep.space.names, masks, strict=False) if mask.any()]
    require(not gaps, "a score needs the level of every factor in every row", f"gaps in {', '.join(gaps)}", GAPS)


def require_few_levels(rep: Representation, metric: str) -> None:
    """Raise `UsageError` where a factor has more levels than scores can tell apart: they take minutes and gigabytes."""
    for factor, column in zip(rep.space.factors, rep.factors.T, strict=True):
        rare = factor.size > FEW_LEVELS and len(rep) < 2 * factor.size
        if factor.kind == "continuous" or not (factor.size > MOST_LEVELS or rare):
            continue
        levels = len(np.unique(column))
        rule = f"{metric} needs factors of at most {MOST_LEVELS:,} levels, of two rows each beyond {FEW_LEVELS}"
        came = f"{levels:,} levels of '{factor.name}' in {len(rep):,} rows"
        do = f"leave '{factor.name}' out, or call it continuous"
        require(levels <= FEW_LEVELS or (levels <= MOST_LEVELS and 2 * levels <= len(rep)), rule, came, do)


def require_latents(rep: Representation, latents: int, metric: str) -> None:
    """Raise `UsageError` unless there are at least `latents` latents."""
    require(rep.latents >= latents, f"{metric} needs at least {latents} latents", rep.latents)


def require_logvar(rep: Representation, metric: str) -> np.ndarray:
    """Posterior log-variances [N, D], or `UsageError` where the posterior is unknown."""
    if rep.logvar is None:
        raise UsageError(f"{metric} needs the posterior's log-variances; got none; give logvar [N, D].")
    low, high = float(rep.logvar.min()), float(rep.logvar.max())
    within = max(-low, high) <= MOST_LOGVAR
    do = "such a posterior has no width or no place that numbers can hold"
    require(within, f"{metric} needs log-variances within ±{MOST_LOGVAR}", f"{low:.4g} .. {high:.4g}", do)
    return rep.logvar


def require_factors(varying: np.ndarray, factors: int, metric: str) -> None:
    """Raise `UsageError` unless at least `factors` factors take more than one value (`varying` [K] is a mask)."""
    came = f"{int(varying.sum())} of {len(varying)}"
    require(varying.sum() >= factors, f"{metric} needs at least {factors} factors with more than one value", came)
