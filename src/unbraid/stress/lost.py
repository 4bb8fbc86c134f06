"""Factors whose latent is noise."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import FACTORS, ROWS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["lost"]

STRESSOR = Stressor(grows="latents of the four that are noise", strengths=(0, 1, 2, 3), readable="falls")


def lost(rng: np.random.Generator, *, count: int = 0) -> Representation:
    """Lost factors: some of the four latents are noise, so their factors stand nowhere; the others are as before.

    With 2, half of the code is noise. A code of noise alone is the stressor `null`.

    Args:
        rng: draws the noise.
        count: latents that are Gaussian noise, in [0, 4]; the last ones.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> lost(np.random.default_rng(0), count=2).latents
        4
    """
    require(0 <= count <= FACTORS, f"lost: count must lie in 0 .. {FACTORS}", count)
    code = clean_code(rng)
    code[:, FACTORS - count :] = rng.standard_normal((ROWS, count))
    return represented(code, grid_levels())
