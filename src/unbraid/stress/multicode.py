"""Several latents for each factor, each along another curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import LEVELS, grid_levels, noisy, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["multicode"]

STRESSOR = Stressor(grows="latents per factor, each along another curve", strengths=(1, 2, 3, 4), compact="falls")
Curve = Callable[[np.ndarray], np.ndarray]
CURVES: tuple[Curve, ...] = (lambda u: u, lambda u: np.tanh(2 * u), np.square, lambda u: np.sin(np.pi * u))


def multicode(rng: np.random.Generator, *, curves: int = 1) -> Representation:
    """Multi-codes: each factor u stands in several latents, as u, tanh 2u, u^2 and sin pi u, each with noise.

    The second rises, the third and fourth do not: they tell levels apart in part, and no line reads them.

    Args:
        rng: draws the noise.
        curves: latents per factor, in [1, 4]; 1 is the line alone.

    Returns:
        codes [2401, 4 curves] of the complete grid, each curve at deviation 1; latents 0 .. 3 are the line.

    Example:
        >>> import numpy as np
        >>> multicode(np.random.default_rng(0), curves=3).latents
        12
    """
    require(1 <= curves <= len(CURVES), f"multicode: curves must lie in 1 .. {len(CURVES)}", curves)
    levels = grid_levels()
    bent = [curve(standardised(levels, LEVELS)) for curve in CURVES[:curves]]
    code = np.concatenate([(part - part.mean(axis=0)) / part.std(axis=0) for part in bent], axis=1)
    return represented(noisy(code, rng), levels)
