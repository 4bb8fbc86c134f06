"""Constant latents beside the others."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import ROWS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["dead"]

STRESSOR = Stressor(grows="constant latents beside the four", strengths=(0, 2, 4, 8, 16))


def dead(rng: np.random.Generator, *, count: int = 0) -> Representation:
    """Dead latents: constant latents, whose posterior is the prior, stand beside the four.

    Args:
        rng: draws the noise.
        count: dead latents, at least 0.

    Returns:
        codes [2401, 4 + count] of the complete grid; the dead latents are the last.

    Example:
        >>> import numpy as np
        >>> int((np.ptp(dead(np.random.default_rng(0), count=2).code, axis=0) == 0).sum())
        2
    """
    require(count >= 0, "dead: count must not be negative", count)
    code = np.concatenate([clean_code(rng), np.zeros((ROWS, count))], axis=1)
    return represented(code, grid_levels(), idle=count)
