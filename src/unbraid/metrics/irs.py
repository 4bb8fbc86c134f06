"""Interventional robustness score."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Bins
from unbraid.metrics._bins import factor_levels
from unbraid.metrics._factors import varying, with_factors
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["irs"]

PROPERTIES = Properties(
    source="Suter et al. (2019), Robustly Disentangled Causal Mechanisms, Sec. 5; arXiv:1811.00007",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="left out",
    duplicate="counts twice in the weighted mean",
    tiny="weighs as little as its largest deviation is small",
    discrete="works",
    blind_to="why it is low: noise, latents of noise and lost factors lower it as blends do",
    invariant=("permutation", "sign", "idle"),
    tolerance=1e-6,
    top=0.99,
    bottom=0.5,
    permuted="factors",
    cost="quick",
    reads="order",
    resampled="parts",
)


def irs(rep: Representation, *, quantile: float = 0.99, bins: Bins = 20) -> Score:
    r"""Interventional robustness: how little a latent moves while one factor is held and all others change.

    With m_j the largest deviation of latent j from its mean, and for each level b of factor k the `quantile` of the
    absolute deviation of z_j from its mean among the rows of that level,

        IRS_jk = 1 - mean over b of quantile_b |z_j - mean_b z_j| / m_j,   IRS_j = max over k,

    and the score is the mean of IRS_j over the latents that vary, weighted by m_j.

    Args:
        rep: at least 100 rows.
        quantile: 0.99 as in the widespread implementation; 1.0 is the paper's maximum.
        bins: equal-width bins of a factor's levels; one with more levels loses some, unless it is categorical.

    Returns:
        value in [0, 1]; arrays: "robustness" [D, K] (may be negative, NaN for a constant latent), "parent" [D] the
        factor each latent is most robust to (-1 for a constant latent), "deviation" [D]. None when every latent is
        constant.

    Notes:
        Codes without any information score well above 0 (about 0.3 with 3,000 rows at 0.99, 0.1 at 1.0), because
        m_j is a maximum and the deviation a quantile.

    Source: Suter et al. (2019), Sec. 5; the 99 % quantile from disentanglement_lib.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(irs(rep).value, 1) for rep in codes]
        [0.9, 0.5]
    """
    require(0 < quantile <= 1, "irs.quantile must lie in (0, 1]", quantile)
    require(bins >= 2, "irs.bins must be at least 2", bins)
    require_rows(rep, PROPERTIES.rows, "irs")
    require_factors(varying(rep), 1, "irs")
    rep = with_factors(rep, varying(rep))
    variant = f"quantile {quantile:g}, {bins} bins"
    active = np.ptp(rep.code, axis=0) > 0
    if not active.any():
        return Score(None, variant=variant, reason="every latent is constant")
    code = rep.code[:, active].astype(np.float64)
    largest = np.abs(code - code.mean(axis=0)).max(axis=0)
    held = np.stack([_held(code, level, quantile) for level in factor_levels(rep, bins, bins).T], axis=1)
    robustness = 1 - held / largest[:, None]
    value = float(np.clip(np.average(robustness.max(axis=1), weights=largest), 0, 1))
    arrays = {
        "robustness": _for_all(robustness, active, np.nan),
        "parent": _for_all(robustness.argmax(axis=1), active, -1),
        "deviation": _for_all(largest, active, 0.0),
    }
    return Score(value, {"active_latents": float(active.sum())}, arrays, variant)


def _held(code: np.ndarray, level: np.ndarray, quantile: float) -> np.ndarray:
    """Mean over occurring levels of the `quantile` of each latent's deviation within the level, [D]."""
    order = np.argsort(level, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(level[order])) + 1)
    deviations = [np.quantile(np.abs(code[g] - code[g].mean(axis=0)), quantile, axis=0) for g in groups]
    mean: np.ndarray = np.mean(deviations, axis=0)
    return mean


def _for_all(values: np.ndarray, active: np.ndarray, missing: float) -> np.ndarray:
    """`values` of the active latents in an array of all latents; `missing` for the others."""
    full = np.full((len(active), *values.shape[1:]), missing, dtype=values.dtype)
    full[active] = values
    return full
