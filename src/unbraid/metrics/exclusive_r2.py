"""Exclusive R²: how much a latent tells of each factor, less what latents tell of it beside another factor."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Share
from unbraid.metrics._correlation import ranks
from unbraid.metrics._explained import Ordered, explained
from unbraid.metrics._factors import targets, varying, with_factors
from unbraid.metrics._prepared import once
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["exclusive_r2"]

PROPERTIES = Properties(
    source="ours",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    dead="explains nothing, and nothing changes",
    duplicate="nothing",
    tiny="none: only the order of values is read",
    discrete="rows of equal value are each other's neighbours",
    blind_to="a factor that several latents tell together only, and whether a factor has one latent or copies of it",
    tolerance=1e-9,
    top=0.98,
    bottom=0.05,
    permuted="factors",
    cost="quick",
    reads="order",
    resampled="parts",
    renamed=1e-9,
)

FEWEST = 8  # neighbours


def exclusive_r2(rep: Representation, *, window: Share = 0.02) -> Score:
    r"""Exclusive R²: of each factor what its best latent tells, less what any latent tells of it beside another factor.

    What latent j tells of factor k, T_jk, takes both ways: the factor can be read from the latent, and the latent moves
    with the factor. R2_jk is the share of the variance of factor k (of sine and cosine, of indicators, for circular and
    categorical ones) that latent j explains along any curve: its correlation ratio, from the mean of the rows next to
    each row in the order of z_j, the row itself left out, corrected so that noise reads 0 on average; negative ones
    count as 0. S_jk is the same the other way: the share of the variance of the ranks of z_j that factor k explains;
    and R2_lk without a latent is what factor l explains of factor k, 0 where factors are independent.

        S'_jk  = max(0, S_jk - max over l of S_jl R2_lk), over its sum over k     of what j tells, the share of k itself
        T_jk   = min(R2_jk, S'_jk)
        beside_jk = max over l != k of max(0, T_jl - T_jk R2_kl)

        ER2 = mean over k of  max_j T_jk - max_j min(T_jk, beside_jk)

    Args:
        rep: codes [N, D] with N >= 100, and factors [N, K].
        window: share of the rows whose mean predicts a row, in (0, 1], and at least eight of them; a smaller one reads
            finer curves and leaves more noise.

    Returns:
        value in [0, 1], higher is better; parts: one per factor; arrays, all [D, K]: "r2", "share" (S'), "told" (T),
        "beside".

    Raises:
        UsageError: too few rows, no factor that varies.

    Notes:
        Derived before any was measured, for independent factors:

        - codes that know nothing: 0. One latent per factor: 1, whatever rising or falling curve it takes, also beside
          copies, latents of noise and constant ones; with n of K factors lost, 1 - n / K.
        - pairs turned by the angle a: R2 are cos^2 a and sin^2 a, S' within .005 of them, so cos 2a up to 45 degrees:
          .5 at 30 and 0 at 45. For Gaussian factors; at 45 degrees 0 for any two of one law.
        - latents (v_0 + v_1) / sqrt 2 and v_1, half shared, of one law: factor 0 has 1/2 - 1/2, factor 1 has 1 - 1/2,
          .25 in the mean.
        - noise of s deviations on every latent: 1 / (1 + s^2) for Gaussian factors.
        - latents that blend all factors alike: 0.
        - two factors of V levels in the digits of one latent, V v_0 + v_1: S' are V^2 / (V^2 + 1) and 1 / (V^2 + 1), so
          the first keeps (V^2 - 1) / (V^2 + 1) and the second nothing. A trace of another factor between the levels of
          a noiseless latent thus takes 2 / (V^2 + 1) at most, however small it is.

        What it cannot see: a factor that only several latents tell together (of a circle, sine and cosine each tell
        half: .5), and whether a factor has one latent or several.

    Source: ours; the correlation ratio is Pearson's (1905), first-order shares of variance are Sobol's (1993).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 30, 45)]
        >>> [round(exclusive_r2(rep).value, 1) for rep in codes]
        [1.0, 0.5, 0.0]
    """
    require(window > 0, "exclusive_r2.window must be above 0", window)
    require_rows(rep, PROPERTIES.rows, "exclusive_r2")
    mask = varying(rep)
    require_factors(mask, 1, "exclusive_r2")
    rep = with_factors(rep, mask)
    latents = once(rep, "order", lambda: [Ordered.of(column) for column in rep.code.T])
    factors = [Ordered.of(column) for column in rep.factors.T]
    neighbours = max(FEWEST, round(window * len(rep)))
    wanted = (targets(rep, k) for k in range(len(rep.space)))
    r2, between = np.split(np.clip(explained([*latents, *factors], wanted, neighbours), 0, 1), [rep.latents])
    moved = explained(
        factors, (column[:, None] for column in once(rep, "ranks", lambda: ranks(rep.code)).T), neighbours
    )
    share = _share(np.clip(moved.T, 0, 1), between)
    told = np.minimum(r2, share)
    beside = np.stack([_others(told - told[:, [k]] * between[k], k) for k in range(len(rep.space))], axis=1)
    values = told.max(axis=0) - np.minimum(told, beside).max(axis=0)
    parts = dict(zip(rep.space.names, values.tolist(), strict=True))
    arrays = {"r2": r2, "share": share, "told": told, "beside": beside}
    return Score(float(values.mean()), parts, arrays, f"window {window:g}")


def _share(moved: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Of what moves each latent [D, K], the share of each factor beyond what another brings; 1 where none is beyond."""
    brought = np.stack([_others(moved * between[:, k], k) for k in range(moved.shape[1])], axis=1)
    itself = np.maximum(0, moved - brought)
    whole = itself.sum(axis=1, keepdims=True)
    share: np.ndarray = np.divide(itself, whole, out=np.ones_like(itself), where=whole > 0)
    return share


def _others(table: np.ndarray, k: int) -> np.ndarray:
    """The largest of each row of [D, K] but for column k, at least 0 [D]."""
    largest: np.ndarray = np.delete(table, k, axis=1).max(axis=1, initial=0.0)
    return largest
