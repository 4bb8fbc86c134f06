"""What metrics demand of a representation, each demand with its message."""

from __future__ import annotations

import numpy as np

from unbraid.core import Mistake, need
from unbraid.metrics._representation import Representation


def need_rows(rep: Representation, rows: int, metric: str) -> None:
    """Raise `Mistake` unless there are at least `rows` rows."""
    need(len(rep) >= rows, f"{metric} needs at least {rows} rows", len(rep), "score more rows")


def need_latents(rep: Representation, latents: int, metric: str) -> None:
    """Raise `Mistake` unless there are at least `latents` latents."""
    need(rep.latents >= latents, f"{metric} needs at least {latents} latents", rep.latents)


def need_spread(rep: Representation, metric: str) -> np.ndarray:
    """Posterior log-variances [N, D], or `Mistake` where the posterior is unknown."""
    if rep.spread is None:
        raise Mistake(f"{metric} needs the posterior's log-variances; got none; give spread [N, D].")
    return rep.spread


def need_factors(varying: np.ndarray, factors: int, metric: str) -> None:
    """Raise `Mistake` unless at least `factors` of the factors take more than one value (`varying` [K] is a mask)."""
    came = f"{int(varying.sum())} of {len(varying)}"
    need(varying.sum() >= factors, f"{metric} needs at least {factors} factors with more than one value", came)


def need_discrete(rep: Representation, metric: str) -> np.ndarray:
    """Factor levels int64 [N, K], or `Mistake` when a factor is continuous."""
    continuous = [factor.name for factor in rep.space.factors if factor.size < 1]
    need(not continuous, f"{metric} needs factors with levels", f"continuous {continuous}", "bin them first")
    return rep.factors.astype(np.int64, copy=False)
