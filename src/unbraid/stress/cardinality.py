"""Other numbers of levels."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import LEVELS, NOISE, noisy, random_levels, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["cardinality"]

STRESSOR = Stressor(grows="levels per factor", strengths=(2, 4, 8, 16, 32))


def cardinality(rng: np.random.Generator, *, levels: int = 8) -> Representation:
    """Cardinality: factors of few or many levels, with noise that is a fixed share of the step between two levels.

    Levels stay apart however many there are. The scores are compared with those of 8 levels.

    Args:
        rng: draws rows and noise.
        levels: per factor, at least 2.

    Returns:
        codes [2401, 4] of rows drawn at random.

    Example:
        >>> import numpy as np
        >>> cardinality(np.random.default_rng(0), levels=16).space.sizes
        (16, 16, 16, 16)
    """
    require(levels >= 2, "cardinality: levels must be at least 2", levels)
    drawn = random_levels(rng, count=levels)
    deviation = NOISE * np.sqrt((LEVELS**2 - 1) / (levels**2 - 1))
    return represented(noisy(standardised(drawn, levels), rng, deviation), drawn, levels, deviation=deviation)
