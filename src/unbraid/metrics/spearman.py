"""Rank correlation of latents and factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.metrics._correlation import strength
from unbraid.metrics._factors import Targets, columns_of, varying, with_factors
from unbraid.metrics._importance import NONE_KEPT, devoted
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["spearman"]

PROPERTIES = Properties(
    source="Tartu thesis on multi-layer beta-VAEs, Sec. 3.2.2 (bar charts beside the traversals)",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none: its correlation counts as 0",
    duplicate="none",
    tiny="none: ranks have no scale",
    discrete="works; ties share their mean rank",
    blind_to="what else the best latent tells, copies of it, and relations that turn back on themselves",
    tolerance=1e-6,
    top=0.95,
    bottom=0.2,
    permuted="factors",
    cost="quick",
    by_factor=True,
    reads="order",
    resampled="parts",
)


def spearman(rep: Representation, *, target: Targets = "natural", group: Sequence[str] = ()) -> Score:
    """Spearman: the absolute rank correlation of each latent with each factor; the mean over factors of the largest.

    Args:
        rep: at least 100 rows.
        target: `natural` takes the larger of sine and cosine of a circular factor, and the largest over the levels
            of a categorical one; `value` correlates with the plain number, as the thesis does.
        group: only these factors, and the latents whose summed correlation with them exceeds that with the rest.

    Returns:
        value in [0, 1]; parts: the largest correlation of each factor; arrays: "correlation" [D, K], "kept" [D].
        None where no latent is kept for `group`.

    Notes:
        Measures monotone relations only, and not whether a latent follows other factors as well: it is a description,
        not a measure of disentanglement. Factors with a single level are left out.

    Source: Tartu thesis, Sec. 3.2.2.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(spearman(rep).value, 1) for rep in codes]
        [1.0, 0.7]
    """
    require_rows(rep, PROPERTIES.rows, "spearman")
    require_factors(varying(rep), 1, "spearman")
    whole, rep = rep, with_factors(rep, varying(rep))
    columns = columns_of(group, whole, rep.space)
    coefficients = strength(rep, "spearman", target)
    kept = devoted(coefficients, columns) if group else np.ones(len(coefficients), dtype=bool)
    arrays, variant = {"correlation": coefficients, "kept": kept}, f"{target} targets"
    if not kept.any():
        return Score(None, arrays=arrays, variant=variant, reason=NONE_KEPT)
    best = coefficients[kept].max(axis=0)[columns]
    parts = {rep.space.names[k]: float(b) for k, b in zip(columns, best, strict=True)}
    return Score(float(best.mean()), parts, arrays, variant)
