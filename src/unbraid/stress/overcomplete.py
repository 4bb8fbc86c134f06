"""Many more latents than factors, each a blend of all."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import FACTORS, noisy, random_levels, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["overcomplete"]

STRESSOR = Stressor(
    grows="latents: the four, and blends of all factors", strengths=(4, 16, 64, 256, 1024), alone="falls",
    compact="falls", cost="quick",
)  # fmt: skip
ROWS = 500  # few, as embeddings have; and 1,024 latents take seconds


def overcomplete(rng: np.random.Generator, *, latents: int = 4) -> Representation:
    """Overcomplete codes: beside the four latents stand many more, each a random blend of all four factors.

    The factors can be read as before; most latents serve several factors, and each factor has very many. Only quick
    scores are measured.

    Args:
        rng: draws rows, blends and noise.
        latents: in all, at least 4.

    Returns:
        codes [500, latents] of rows drawn at random, each latent of deviation 1; latents 0 .. 3 are the four.

    Example:
        >>> import numpy as np
        >>> overcomplete(np.random.default_rng(0), latents=1024).code.shape
        (500, 1024)
    """
    require(latents >= FACTORS, f"overcomplete: latents must be at least {FACTORS}", latents)
    blends = rng.standard_normal((FACTORS, latents - FACTORS))
    weights = np.concatenate([np.eye(FACTORS), blends / np.linalg.norm(blends, axis=0)], axis=1)
    levels = random_levels(rng, ROWS)
    return represented(noisy(standardised(levels) @ weights, rng), levels)
