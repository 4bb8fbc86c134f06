"""Latents of noise beside the others."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import ROWS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["width"]

STRESSOR = Stressor(grows="latents of pure noise beside the four", strengths=(0, 2, 4, 8, 16))


def width(rng: np.random.Generator, *, count: int = 0) -> Representation:
    """Width: latents of pure noise, as wide as the others, stand beside the four.

    Args:
        rng: draws the noise.
        count: latents of noise, at least 0.

    Returns:
        codes [2401, 4 + count] of the complete grid; the latents of noise are the last.

    Example:
        >>> import numpy as np
        >>> width(np.random.default_rng(0), count=2).latents
        6
    """
    require(count >= 0, "width: count must not be negative", count)
    code = np.concatenate([clean_code(rng), rng.standard_normal((ROWS, count))], axis=1)
    return represented(code, grid_levels())
