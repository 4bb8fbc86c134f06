"""Other numbers of rows."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import noisy, random_levels, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["rows"]

STRESSOR = Stressor(grows="rows drawn at random", strengths=(100, 250, 500, 1000, 2000, 4000))


def rows(rng: np.random.Generator, *, number: int = 4000) -> Representation:
    """Rows: rows drawn at random, from few to many, in place of the complete grid.

    The stress is in the few; the unstressed code has the most rows. Below a score's fewest rows it is missing.

    Args:
        rng: draws rows and noise.
        number: rows, at least 1.

    Returns:
        codes [number, 4].

    Example:
        >>> import numpy as np
        >>> len(rows(np.random.default_rng(0), number=250))
        250
    """
    require(number >= 1, "rows: number must be at least 1", number)
    levels = random_levels(rng, number)
    return represented(noisy(standardised(levels), rng), levels)
