"""Pairs of latents turned into each other."""

from __future__ import annotations

import numpy as np

from unbraid.metrics import Representation
from unbraid.stress._clean import FACTORS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["rotation"]

STRESSOR = Stressor(
    grows="degrees by which pairs of latents are turned", strengths=(0, 10, 20, 30, 45), alone="falls", compact="falls"
)


def rotation(rng: np.random.Generator, *, degrees: float = 0.0) -> Representation:
    """Rotation: latents 0 and 1 are turned into each other by an angle, and so are 2 and 3.

    At 45 degrees two latents share each of two factors equally; all factors can still be read from all latents.

    Args:
        rng: draws the noise.
        degrees: the angle; 0 leaves the code as it is.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> rotation(np.random.default_rng(0), degrees=45).complete
        True
    """
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.kron(np.eye(FACTORS // 2), [[cosine, sine], [-sine, cosine]])
    return represented(clean_code(rng) @ turn, grid_levels())
