"""Mean correlation coefficient."""

from __future__ import annotations

import numpy as np

from unbraid.core import require_choice
from unbraid.metrics._correlation import Correlation, matching, strength
from unbraid.metrics._factors import Targets, varying, with_factors
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["mcc"]

PROPERTIES = Properties(
    source="Hyvarinen and Morioka (2016), Unsupervised Feature Extraction by Time-Contrastive Learning, Sec. 5",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none: its correlation counts as 0",
    duplicate="none where latents are to spare; each latent is matched once",
    tiny="none: correlations have no scale",
    discrete="works",
    blind_to="what the latents hold besides: each factor is matched with one latent, and nothing else of it is read",
    tolerance=1e-6,
    top=0.95,
    bottom=0.2,
    permuted="factors",
    cost="quick",
    reads="order",
    resampled="parts",
)


def mcc(rep: Representation, *, correlation: Correlation = "pearson", target: Targets = "natural") -> Score:
    """Mean correlation coefficient: factors and latents matched one to one, the mean absolute correlation of the pairs.

    The matching has the largest sum of correlations (Hungarian algorithm).

    Args:
        rep: at least 100 rows.
        correlation: `pearson` for linear relations, `spearman` for monotone ones.
        target: `natural` takes the larger of sine and cosine of a circular factor, and the largest over the levels
            of a categorical one; `value` correlates with the plain number.

    Returns:
        value in [0, 1]; parts: the correlation of each factor with its latent; arrays: "correlation" [D, K],
        "latent" [K] (-1 for none).

    Notes:
        With fewer latents than factors, factors without a latent count 0 in the mean. Entangled codes still score
        high: a rotation by 45 degrees keeps 0.71. Factors with a single level are left out.

    Source: Hyvärinen and Morioka (2016), Sec. 5; arXiv:1605.06336.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(mcc(rep).value, 1) for rep in codes]
        [1.0, 0.7]
    """
    require_choice(correlation, Correlation, "mcc.correlation")
    require_rows(rep, PROPERTIES.rows, "mcc")
    require_factors(varying(rep), 1, "mcc")
    rep = with_factors(rep, varying(rep))
    coefficients = strength(rep, correlation, target)
    latent = matching(coefficients)
    best = np.where(latent >= 0, coefficients[latent, np.arange(len(latent))], 0.0)
    parts = dict(zip(rep.space.names, best.tolist(), strict=True))
    arrays = {"correlation": coefficients, "latent": latent}
    return Score(float(best.mean()), parts, arrays, f"{correlation}, {target} targets")
