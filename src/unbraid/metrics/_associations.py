"""How each latent goes with each label: rank correlation or explained variance, its interval, and a permutation p."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ncfdtr
from scipy.stats import norm

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
MANY = 250  # tests: of more, no p of 9,999 permutations can pass Holm's correction at 1 in 40
FEW_LEVELS = 16  # of a factor, up to which one matrix product is quicker than sums over the rows of each level
MOST_NUMBERS = 4_000_000  # in one such product
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
        permutations: of the factor's rows behind p; enough to pass the correction, 999 to 9,999, when None.
        seed: of the permutations, and of the 5,000 rows that are permuted where there are more.

    Returns:
        latent, factor; measure: `spearman` of ordinal and continuous factors, in [-1, 1]; `eta2` of categorical ones,
        the share of the latent's variance between levels; `r2` of circular ones, the share that sine and cosine
        explain; value; low and high, its 95 % interval; p, (1 + permuted values as far from 0) / (1 + permutations);
        holm, p adjusted for all rows of the table: by Holm, and of more than 250 rows, which no p of 9,999 permutations
        could pass, by the largest permuted value of all latents (Westfall and Young 1993) times the factors; rows. A
        latent or factor that does not vary is left out.

    Notes:
        Intervals of Spearman's correlation stand on Fisher's scale with the standard error of Bonett and Wright (2000);
        those of eta2 and r2 invert the noncentral F distribution (Steiger 2004), which takes latents within a level
        for normal of one variance. p makes no such assumption. An association is no disentanglement: several latents
        may go with one label, and one latent with several.
    """
    import pandas as pd

    rows, families = list(_rows(rep, permutations, seed)), len(rep.space)
    frame = pd.DataFrame([row[:-1] for row in rows], columns=[name for name in COLUMNS if name != "holm"])
    adjusted = holm(frame["p"].tolist()) if len(frame) else []
    if len(frame) > MANY:
        adjusted = [min(1.0, row[-1] * families) for row in rows]
    frame.insert(len(COLUMNS) - 2, "holm", adjusted)
    return frame


def _rows(rep: Representation, permutations: int | None, seed: int) -> Iterator[tuple[Any, ...]]:
    """The cells of a row, and at its end p of the largest of all latents."""
    varies = np.flatnonzero(np.ptp(rep.code, axis=0) > 0)
    tests = len(varies) * len(rep.space)
    count = min(max(FEWEST, PER_TEST * (tests if tests <= MANY else len(rep.space)) - 1), MOST)
    count = count if permutations is None else permutations
    require(count >= 1, "permutations must be at least 1", permutations)
    for k, factor in enumerate(rep.space.factors):
        part = with_factors(rep, np.arange(len(rep.space)) == k).known()
        column = part.factors[:, 0] if len(part) else np.empty(0)
        if len(part) < FEWEST_ROWS or np.ptp(column) == 0:
            continue
        measure = _measure(factor)
        code = standardised(ranks(part.code[:, varies]) if measure == "spearman" else part.code[:, varies])
        values = _sums(part, code, measure)(None)
        p, largest = _p(part, code, measure, count, rng(seed, k, "associations"))
        freedom = len(np.unique(column)) - 1 if measure == "eta2" else 2
        for j, latent in enumerate(varies):
            value = float(np.clip(values[0, j], -1, 1))
            low, high = _fisher(value, len(part)) if measure == "spearman" else _steiger(value, len(part), freedom)
            name = rep.latent_names[latent]
            yield name, factor.name, measure, value, low, high, float(p[j]), len(part), float(largest[j])


def _measure(factor: Factor) -> str:
    return {"categorical": "eta2", "circular": "r2"}.get(factor.kind, "spearman")


Sums = Callable[[np.ndarray | None], np.ndarray]  # what is measured of codes whose rows stand in B orders -> [B, D]


def _sums(part: Representation, code: np.ndarray, measure: str) -> Sums:
    """The measure of standardised codes [N, D] as a function of orders [B, N] of their rows, None for that they have.

    It is the square of projections on a few columns that the factor spans (of a Spearman correlation, the projection
    itself): those move, not the codes.
    """
    if measure == "eta2" and len(np.unique(part.factors[:, 0])) > FEW_LEVELS:
        return _between(part, code)
    if measure == "spearman":
        wanted = standardised(ranks(part.factors[:, :1])).T
    elif measure == "eta2":
        levels = np.unique(part.factors[:, 0], return_inverse=True)[1].ravel()
        wanted = np.eye(levels.max() + 1)[levels].T / np.sqrt(np.bincount(levels))[:, None]
    else:
        plane = targets(part, 0)
        left, singular, _ = np.linalg.svd(plane - plane.mean(axis=0), full_matrices=False)
        wanted = left[:, singular > 1e-9 * singular[0]].T

    def explained(orders: np.ndarray | None) -> np.ndarray:
        placed = wanted[None]
        if orders is not None:
            placed = np.empty((len(orders), *wanted.shape))
            for moved, order in zip(placed, orders, strict=True):
                moved[:, order] = wanted
        told = (placed.reshape(-1, len(code)) @ code).reshape(len(placed), len(wanted), -1)
        values: np.ndarray = told[:, 0] if measure == "spearman" else (told**2).sum(axis=1)
        return values

    return explained


def _between(part: Representation, code: np.ndarray) -> Sums:
    """The share of variance between many levels, from sums over the rows of each."""
    levels = np.unique(part.factors[:, 0], return_inverse=True)[1].ravel()
    sorted_rows, sizes = np.argsort(levels, kind="stable"), np.bincount(levels)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def between(orders: np.ndarray | None) -> np.ndarray:
        ordered = [sorted_rows] if orders is None else [order[sorted_rows] for order in orders]
        return np.stack(
            [(np.add.reduceat(code[rows], starts, axis=0) ** 2 / sizes[:, None]).sum(0) for rows in ordered]
        )

    return between


def _p(
    part: Representation, code: np.ndarray, measure: str, count: int, draws: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of permuted values, the value itself among them, at least as far from 0 [D]: its own; the largest."""
    if len(code) > MOST_ROWS:
        rows = draws.choice(len(code), MOST_ROWS, replace=False)
        part, code = part.rows(rows), standardised(code[rows])
    sums = _sums(part, code, measure)
    least = np.abs(sums(None)[0]) - ROUNDING
    beyond, largest = np.ones(code.shape[1]), np.ones(code.shape[1])
    at_once = max(1, MOST_NUMBERS // (len(code) * FEW_LEVELS))
    for start in range(0, count, at_once):
        orders = np.stack([draws.permutation(len(code)) for _ in range(min(at_once, count - start))])
        values = np.abs(sums(orders))
        beyond += (values >= least).sum(axis=0)
        largest += (values.max(axis=1, keepdims=True) >= least).sum(axis=0)
    return beyond / (count + 1), largest / (count + 1)


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
            return float(ncfdtr(freedom, rest, noncentrality, f)) - probability

        if off(0.0) <= 0:
            return 0.0
        top = rows * share / (1 - share) * 2 + 20
        while off(top) > 0 and top < 1e9:
            top *= 2
        noncentrality = brentq(off, 0.0, top)
        return float(noncentrality / (noncentrality + rows))

    return end((1 + LEVEL) / 2), end((1 - LEVEL) / 2)
