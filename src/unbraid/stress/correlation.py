"""Factors that depend on each other."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import ROWS, noisy, random_levels, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["correlation"]

STRESSOR = Stressor(grows="share of rows in which two factors have the same level", strengths=(0, 0.2, 0.4, 0.6, 0.8))


def correlation(rng: np.random.Generator, *, share: float = 0.0) -> Representation:
    """Correlation: in a share of rows factor 1 takes the level of factor 0, and 3 that of 2; each keeps its latent.

    Args:
        rng: draws rows and noise.
        share: of the rows, in [0, 1].

    Returns:
        codes [2401, 4] of rows drawn at random.

    Example:
        >>> import numpy as np
        >>> correlation(np.random.default_rng(0), share=0.8).complete
        False
    """
    require(0 <= share <= 1, "correlation: share must lie in [0, 1]", share)
    levels = random_levels(rng)
    for k in (0, 2):
        same = rng.random(ROWS) < share
        levels[same, k + 1] = levels[same, k]
    return represented(noisy(standardised(levels), rng), levels)
