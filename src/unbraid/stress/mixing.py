"""All latents turned into each other."""

from __future__ import annotations

import numpy as np

from unbraid.metrics import Representation
from unbraid.stress._clean import FACTORS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["mixing"]

STRESSOR = Stressor(
    grows="degrees by which all latents are turned into each other; at 60 each factor is everywhere alike",
    strengths=(0, 15, 30, 45, 60),
    alone="falls",
    compact="falls",
)
SKEW = np.array([[0, 1, 1, 1], [-1, 0, -1, 1], [-1, 1, 0, -1], [-1, -1, 1, 0]])  # S S' = 3 I; I + S is Hadamard's


def mixing(rng: np.random.Generator, *, degrees: float = 0.0) -> Representation:
    """Dense mixing: a dense orthogonal matrix, random in its signs and order, turns all latents into each other.

    The matrix is cos a I + sin a S / sqrt 3, with S skew and S S' = 3 I, so it is orthogonal at every angle a: a latent
    keeps cos^2 a of its variance from its own factor and takes sin^2 a / 3 from each other; at 60 degrees all four
    are equal. A line from all latents reads every factor as well as before. `rotation` turns pairs only.

    Args:
        rng: draws the noise and the matrix.
        degrees: the angle; 0 leaves the code as it is.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> rep = mixing(np.random.default_rng(0), degrees=60)
        >>> np.abs(np.corrcoef(rep.code[:, 0], rep.factors.T)[0, 1:]).round(1).tolist()  # each factor alike
        [0.5, 0.5, 0.5, 0.5]
    """
    code = clean_code(rng)
    return represented(code @ matrix(rng, degrees), grid_levels())


def matrix(rng: np.random.Generator, degrees: float) -> np.ndarray:
    """A dense orthogonal matrix [4, 4] of that angle."""
    turn = rng.choice((-1.0, 1.0), FACTORS) * np.eye(FACTORS)[rng.permutation(FACTORS)]
    angle = np.radians(degrees)
    mixed: np.ndarray = np.cos(angle) * np.eye(FACTORS) + np.sin(angle) / np.sqrt(3) * (turn.T @ SKEW @ turn)
    return mixed
