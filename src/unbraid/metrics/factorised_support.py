"""How far the joint support of two latents is from the product of their own."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Count, Natural
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents, require_rows

__all__ = ["factorised_support"]

MOST_WORK = 10**11  # distances compared: minutes
PROPERTIES = Properties(
    source="Roth et al. (2023), Disentanglement of Correlated Factors via Hausdorff Factorized Support, Eq. 5; "
    "arXiv:2210.07347",
    range=(0.0, float("inf")),
    higher_is_better=False,
    rows=128,
    latents=2,
    invariant=("permutation", "sign", "idle"),
    tolerance=1e-5,
    needs=(),
    dead="changes nothing: its support is one point",
    duplicate="adds the distance of a diagonal from its square",
    tiny="adds next to nothing: distances have the latents' squared unit",
    discrete="0 once every combination of values occurs within a batch",
    blind_to="the factors: latents of independent noise have a factorised support as well",
    permuted="latents",
    resampled="parts",
)


def factorised_support(rep: Representation, *, batch: Count = 128, rows: Natural = 1024) -> Score:
    r"""Distance of the latents' joint support from a product of supports: 0 where every combination occurs.

    In each batch of rows, for each pair of latents, the directed Hausdorff distance (squared) of the product of the
    two latents' values from the pairs of values that occur; summed over pairs, averaged over batches:

        FoS = mean over batches of sum over pairs (i, j) of max over a, b of min over n of
              (z_ai - z_ni)^2 + (z_bj - z_nj)^2

    Args:
        rep: codes [N, D] with N >= batch, D >= 2; factors are not used.
        batch: rows whose supports are compared at once; the distance shrinks as it grows.
        rows: number of rows used, from the first on; 0 takes all. Shuffle ordered rows before.

    Returns:
        value >= 0 in squared units of the latents, lower is better; arrays: "distance" [D, D] per pair.

    Raises:
        UsageError: fewer than two latents, fewer rows than one batch, so many latents or rows that it would take hours.

    Notes:
        A complete grid is in order, and its first rows hold few combinations: there, batches are of every n-th row.

    Source: Roth et al. (2023), Eq. 5 (pairwise, on posterior means).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(factorised_support(rep).value, 1) for rep in codes]
        [1.5, 9.6]
    """
    name = "factorised_support"
    require(batch >= 2, f"{name}: batch must be at least 2", batch)
    require(rows >= 0, f"{name}: rows must not be negative", rows)
    require_rows(rep, batch, name)
    require_latents(rep, 2, name)
    _require_work(rep.latents, min(rows or len(rep), len(rep)), batch)
    code = _some_code(rep, rows)
    batches = [code[start : start + batch] for start in range(0, len(code), batch)]
    distance = np.zeros((rep.latents, rep.latents))
    for i, j in combinations(range(rep.latents), 2):
        distance[i, j] = distance[j, i] = np.mean([_hausdorff(part[:, i], part[:, j]) for part in batches])
    return Score(
        float(np.triu(distance).sum()), {}, {"distance": distance}, f"batches of {batch} rows, {len(code)} rows"
    )


def _require_work(latents: int, rows: int, batch: int) -> None:
    """Refuse, before anything is allocated, what grows with the pairs of latents and the square of a batch."""
    pairs = latents * (latents - 1) // 2
    require(
        pairs * rows * batch**2 <= MOST_WORK,
        f"factorised_support compares every pair of latents in {rows:,} rows, {batch} at once: "
        f"there must be at most {MOST_WORK // (rows * batch**2):,} pairs",
        f"{pairs:,} of {latents} latents",
        "give fewer rows, a smaller batch, or fewer latents",
    )


def _some_code(rep: Representation, rows: int) -> np.ndarray:
    """Codes of the first `rows` rows, or of rows from all over a complete grid, in float64."""
    count = min(rows or len(rep), len(rep))
    if rep.complete and count < len(rep):
        # a step coprime to the grid's size visits every combination, in no order of any factor
        step = next(s for s in range(int(len(rep) * 0.618), len(rep) * 2) if np.gcd(s, len(rep)) == 1)
        return rep.code[(np.arange(count) * step) % len(rep)].astype(np.float64)
    return rep.code[:count].astype(np.float64)


def _hausdorff(first: np.ndarray, second: np.ndarray) -> float:
    """Largest, over values a and b, of the smallest squared distance of (a, b) from a pair that occurs."""
    across = (first[:, None] - first) ** 2  # [B, B]
    along = (second[:, None] - second) ** 2
    return float(max((row + along).min(axis=1).max() for row in across))
