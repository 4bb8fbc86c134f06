"""Latents bent by a rising curve."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["nonlinearity"]

STRESSOR = Stressor(grows="s in sinh(s z), a curve through which every latent goes", strengths=(0, 1, 2, 3, 4))


def nonlinearity(rng: np.random.Generator, *, s: float = 0.0) -> Representation:
    """Nonlinearity: every latent goes through a rising curve, sinh(s z) / s, at its old deviation.

    The order of values stays; the tails get heavier.

    Args:
        rng: draws the noise.
        s: the bend, at least 0; 0 leaves the latents as they are.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> np.allclose(nonlinearity(np.random.default_rng(0), s=4.0).code.std(axis=0), 1)
        True
    """
    require(s >= 0, "nonlinearity: s must not be negative", s)
    code = clean_code(rng)
    bent = np.sinh(s * code) / s if s else code
    return represented(bent / bent.std(axis=0), grid_levels())
