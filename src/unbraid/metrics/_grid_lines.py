"""Lines of a complete grid along which one factor runs through all its levels."""

from __future__ import annotations

import numpy as np

from unbraid.core import UsageError, require
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_factors


def moving_factors(rep: Representation, metric: str) -> list[int]:
    """Columns of the factors with more than one level, or `UsageError` where rows are not a complete grid."""
    if not rep.complete:
        raise UsageError(
            f"{metric} needs every combination of factor levels exactly once; got {len(rep)} other rows; "
            "encode the complete dataset."
        )
    sizes = np.array(rep.space.sizes)
    require_factors(sizes > 1, 1, metric)
    return [int(k) for k in np.flatnonzero(sizes > 1)]


def grid_lines(rep: Representation, k: int, rng: np.random.Generator, count: int, metric: str) -> np.ndarray:
    """Codes [T, V, D] of `count` lines along factor k in the order of its levels, drawn without repetition (0: all)."""
    require(count >= 0, f"{metric}: traversals must not be negative", count)
    sizes = rep.space.sizes
    rows = np.moveaxis(rep.grid_rows.reshape(sizes), k, -1).reshape(-1, sizes[k])
    rows = rows[:, np.argsort(rep.factors[rows[0], k])]
    if 0 < count < len(rows):
        rows = rows[rng.choice(len(rows), count, replace=False)]
    lines: np.ndarray = rep.code[rows].astype(np.float64)
    return lines
