"""Several latents for each factor."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import grid_levels, noisy, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["redundancy"]

STRESSOR = Stressor(grows="latents per factor", strengths=(1, 2, 3, 4), compact="falls")


def redundancy(rng: np.random.Generator, *, copies: int = 1) -> Representation:
    """Redundancy: each factor has several latents, which differ by their noise alone.

    Args:
        rng: draws the noise.
        copies: latents per factor, at least 1.

    Returns:
        codes [2401, 4 copies] of the complete grid; latents 0 .. 3 are the first copy.

    Example:
        >>> import numpy as np
        >>> redundancy(np.random.default_rng(0), copies=3).latents
        12
    """
    require(copies >= 1, "redundancy: copies must be at least 1", copies)
    levels = grid_levels()
    return represented(noisy(np.tile(standardised(levels), (1, copies)), rng), levels)
