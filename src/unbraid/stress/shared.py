"""Latents that carry a second factor."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Share
from unbraid.metrics import Representation
from unbraid.stress._clean import grid_levels, noisy, represented, standardised
from unbraid.stress._stressor import Stressor

__all__ = ["shared"]

STRESSOR = Stressor(
    grows="share of a second factor in every other latent",
    strengths=(0, 0.25, 0.5, 0.75, 1),
    alone="falls",
    compact="falls",
)


def shared(rng: np.random.Generator, *, share: Share = 0.0) -> Representation:
    """Shared latents: latents 0 and 2 also carry factors 1 and 3, which keep latents of their own.

    Args:
        rng: draws the noise.
        share: weight of the second factor, where the first has 1; 0 leaves the code as it is.

    Returns:
        codes [2401, 4] of the complete grid.

    Example:
        >>> import numpy as np
        >>> shared(np.random.default_rng(0), share=1.0).latents
        4
    """
    code = standardised(grid_levels())
    code[:, 0::2] = (code[:, 0::2] + share * code[:, 1::2]) / np.hypot(1, share)
    return represented(noisy(code, rng), grid_levels())
