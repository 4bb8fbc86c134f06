"""How each latent goes with each label: rank correlation or explained variance, its interval, and a permutation p."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq
from scipy.stats import ncf, norm

from unbraid.core import Factor, require, rng
from unbraid.metrics._correlation import ranks, standardised
from unbraid.metrics._factors import targets, with_factors
from unbraid.metrics._holm import holm
from unbraid.metrics._representation import Representation

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("latent", "factor", "measure", "value", "low", "high", "p", "holm", "rows")
FEWEST_ROWS = 10
FEWEST, MOST, PER_TEST = 999, 9999, 40  # permutations: the smallest p passes Holm's correction at 1 in 40, if that many
ROUNDING = 1e-12
MOST_ROWS = 5_000  # that are permuted
LEVEL = 0.95


def associations(rep: Representation, *, permutations: int | None = None, seed: int = 0) -> pd.DataFrame:
    r"""One row per latent and factor: Spearman's correlation, or the share of variance that the factor explains.

    >>> import numpy as np
    >>> age = np.random.default_rng(0).normal(40, 5, 300)
    >>> table = associations(Representation.from_arrays(-age, {"age": age}))
    >>> table[["measure", "value", "p"]].values.tolist()
    [['spearman', -1.0, 0.001]]

    Args:
        rep: codes and factors of any kind; each factor on the rows that have it.
        permutations: of the factor's rows behind p; enough to pass Holm's correction, 999 to 9,999, when None.
        seed: of the permutations, and of the 5,000 rows that are permuted where there are more.

    Returns:
        latent, factor; measure: `spearman` of ordinal and continuous factors, in [-1, 1]; `eta2` of categorical ones,
        the share of the latent's variance between levels; `r2` of circular ones, the share that sine and cosine
        explain; value; low and high, its 95 % interval; p, (1 + permuted values as far from 0) / (1 + permutations);
        holm, p adjusted for all rows of the table; rows. A latent or factor that does not vary is left out.

    Notes:
        Intervals of Spearman's correlation stand on Fisher's scale with the standard error of Bonett and Wright (2000);
        those of eta2 and r2 invert the noncentral F distribution (Steiger 2004), which takes latents within a level
        for normal of one variance. p makes no such assumption. An association is no disentanglement: several latents
        may go with one label, and one latent with several.
    """
    import pandas as pd

    rows = list(_rows(rep, permutations, seed))
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "holm"])
    frame.insert(len(COLUMNS) - 2, "holm", holm(frame["p"].tolist()) if len(frame) else [])
    return frame


def _rows(rep: Representation, permutations: int | None, seed: int) -> Iterator[tuple[Any, ...]]:
    varies = np.flatnonzero(np.ptp(rep.code, axis=0) > 0)
    tests = len(varies) * len(rep.space)
    count = min(max(FEWEST, PER_TEST * tests - 1), MOST) if permutations is None else permutations
    require(count >= 1, "permutations must be at least 1", permutations)
    for k, factor in enumerate(rep.space.factors):
        part = with_factors(rep, np.arange(len(rep.space)) == k).known()
        column = part.factors[:, 0] if len(part) else np.empty(0)
        if len(part) < FEWEST_ROWS or np.ptp(column) == 0:
            continue
        measure = _measure(factor)
        code = standardised(ranks(part.code[:, varies]) if measure == "spearman" else part.code[:, varies])
        values = _sums(part, code, measure)(None)
        p = _p(part, code, measure, count, rng(seed, k, "associations"))
        freedom = len(np.unique(column)) - 1 if measure == "eta2" else 2
        for j, latent in enumerate(varies):
            value = float(np.clip(values[j], -1, 1))
            low, high = _fisher(value, len(part)) if measure == "spearman" else _steiger(value, len(part), freedom)
            yield rep.latent_names[latent], factor.name, measure, value, low, high, float(p[j]), len(part)


def _measure(factor: Factor) -> str:
    return {"categorical": "eta2", "circular": "r2"}.get(factor.kind, "spearman")


Sums = Callable[[np.ndarray | None], np.ndarray]  # what is measured of codes whose rows stand in an order -> [D]


def _sums(part: Representation, code: np.ndarray, measure: str) -> Sums:
    """The measure of standardised codes [N, D] as a function of an order of their rows, None for that they have."""
    if measure == "eta2":
        levels = np.unique(part.factors[:, 0], return_inverse=True)[1].ravel()
        sorted_rows, sizes = np.argsort(levels, kind="stable"), np.bincount(levels)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

        def between(order: np.ndarray | None) -> np.ndarray:
            rows = sorted_rows if order is None else order[sorted_rows]
            shares: np.ndarray = (np.add.reduceat(code[rows], starts, axis=0) ** 2 / sizes[:, None]).sum(axis=0)
            return shares

        return between
    if measure == "spearman":
        wanted = standardised(ranks(part.factors[:, :1])).T
    else:
        plane = targets(part, 0)
        left, singular, _ = np.linalg.svd(plane - plane.mean(axis=0), full_matrices=False)
        wanted = left[:, singular > 1e-9 * singular[0]].T

    def explained(order: np.ndarray | None) -> np.ndarray:
        placed = wanted if order is None else np.empty_like(wanted)
        if order is not None:
            placed[:, order] = wanted  # the factor's few columns move, not the codes
        told = placed @ code
        values: np.ndarray = told[0] if measure == "spearman" else (told**2).sum(axis=0)
        return values

    return explained


def _p(part: Representation, code: np.ndarray, measure: str, count: int, draws: np.random.Generator) -> np.ndarray:
    """Share of permuted values at least as far from 0, the value itself among them [D]."""
    if len(code) > MOST_ROWS:
        rows = draws.choice(len(code), MOST_ROWS, replace=False)
        part, code = part.rows(rows), standardised(code[rows])
    sums = _sums(part, code, measure)
    least = np.abs(sums(None)) - ROUNDING
    beyond = np.ones(code.shape[1])
    for _ in range(count):
        beyond += np.abs(sums(draws.permutation(len(code)))) >= least
    return beyond / (count + 1)


def _fisher(value: float, rows: int) -> tuple[float, float]:
    """Interval of Spearman's correlation; Bonett and Wright (2000)."""
    if abs(value) >= 1 - 1e-12:
        return value, value
    error = math.sqrt((1 + value**2 / 2) / (rows - 3)) * float(norm.ppf((1 + LEVEL) / 2))
    return math.tanh(math.atanh(value) - error), math.tanh(math.atanh(value) + error)


def _steiger(share: float, rows: int, freedom: int) -> tuple[float, float]:
    """Interval of a share of variance from the noncentral F distribution; Steiger (2004)."""
    rest = rows - freedom - 1
    if rest < 1 or share >= 1 - 1e-9:
        return share, share
    f = (share / freedom) / ((1 - share) / rest)

    def end(probability: float) -> float:
        def off(noncentrality: float) -> float:
            return float(ncf.cdf(f, freedom, rest, noncentrality)) - probability

        if off(0.0) <= 0:
            return 0.0
        top = rows * share / (1 - share) * 2 + 20
        while off(top) > 0 and top < 1e9:
            top *= 2
        noncentrality = brentq(off, 0.0, top)
        return float(noncentrality / (noncentrality + rows))

    return end((1 + LEVEL) / 2), end((1 - LEVEL) / 2)
