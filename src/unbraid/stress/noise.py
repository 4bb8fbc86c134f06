"""More noise on every latent."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import NOISE, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["noise"]

STRESSOR = Stressor(
    grows="deviation of noise, in deviations of a factor", strengths=(NOISE, 0.25, 0.5, 1.0, 2.0), readable="falls"
)


def noise(rng: np.random.Generator, *, deviation: float = NOISE) -> Representation:
    """Noise: every latent keeps its one factor, with more Gaussian noise on it.

    The posteriors stay as narrow as without stress, so the noise is in their means.

    Args:
        rng: draws the noise.
        deviation: of the noise, in deviations of a factor, above 0; 0.1 is that of the unstressed code.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> bool(noise(np.random.default_rng(0), deviation=2.0).code.std() > 2)
        True
    """
    require(deviation >= 0, "noise: deviation must not be negative", deviation)
    return represented(clean_code(rng, deviation), grid_levels())
