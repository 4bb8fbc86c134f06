"""Which latent stands for which factor."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.metrics._bins import CONTINUOUS_BINS, bin_numbers, factor_levels
from unbraid.metrics._correlation import matching, strength
from unbraid.metrics._factors import varying, with_factors
from unbraid.metrics._information import entropies, information_table
from unbraid.metrics._polynomial import polynomial_r2
from unbraid.metrics._prepared import once
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["assignment"]

PROPERTIES = Properties(
    source="the tables Osnabrück's comparison of beta-VAE and hyperprior VAE fills by eye (Figs. 2, 6, 8), measured",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none: it is over no threshold",
    duplicate="takes its factor out of the one-to-one pairs",
    tiny="none: every measure is free of scale",
    discrete="works",
    blind_to="how much a latent tells of its factor; a copy, dependent factors or few rows break a pair as blends do",
    tolerance=1e-6,
    top=0.95,
    bottom=0.05,
    permuted="factors",
    cost="quick",
    resampled="nothing",
)
Measure = Literal["information", "spearman", "r2"]


def assignment(rep: Representation, *, measure: Measure = "information", threshold: float = 0.2) -> Score:
    """Latent-to-factor assignment, by matching and by threshold; the share of factors that pair off one to one.

    Args:
        rep: at least 100 rows.
        measure: `information` divides the mutual information of the binned latent and the factor by the factor's
            entropy; `spearman` is the absolute rank correlation; `r2` the R^2 of a polynomial of degree 4.
        threshold: a latent is assigned to every factor for which its measure reaches this.

    Returns:
        value in [0, 1]: the share of factors with exactly one latent over the threshold, which is over it for no
        other factor; parts: the number of the matched latent for each factor that has one; arrays: "strength"
        [D, K], "matched" [K] (each latent once, largest sum; -1 for none), "over" bool [D, K].

    Notes:
        The matching gives every factor a latent where there are latents enough, however weak: look at its strength.
        Factors with a single level are left out.

    Source: the tables of Osnabrück's study, there filled by eye from traversals.

    Example:
        >>> from unbraid.stress import stressed
        >>> assignment(stressed("dead", 2)).parts
        {'factor 0': 0.0, 'factor 1': 1.0, 'factor 2': 2.0, 'factor 3': 3.0}
    """
    require_choice(measure, Measure, "assignment.measure")
    require(0 < threshold <= 1, "assignment.threshold must lie in (0, 1]", threshold)
    require_rows(rep, PROPERTIES.rows, "assignment")
    require_factors(varying(rep), 1, "assignment")
    rep = with_factors(rep, varying(rep))
    strengths = _strengths(rep, measure)
    over = strengths >= threshold
    alone = over & (over.sum(axis=1, keepdims=True) == 1) & (over.sum(axis=0) == 1)
    matched = matching(strengths)
    parts = {name: float(j) for name, j in zip(rep.space.names, matched, strict=True) if j >= 0}
    arrays = {"strength": strengths, "matched": matched, "over": over}
    return Score(float(alone.any(axis=0).mean()), parts, arrays, f"{measure}, threshold {threshold:g}")


def _strengths(rep: Representation, measure: Measure) -> np.ndarray:
    """Strength [D, K] of each latent for each factor, in [0, 1]."""
    if measure == "spearman":
        return strength(rep, "spearman")
    if measure == "r2":
        return polynomial_r2(rep)
    levels = factor_levels(rep, CONTINUOUS_BINS)
    binned = once(rep, ("bins", CONTINUOUS_BINS), lambda: bin_numbers(rep.code, CONTINUOUS_BINS))
    shares: np.ndarray = information_table(binned, levels) / entropies(levels)
    return shares
