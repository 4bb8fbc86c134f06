"""Codes whose scores are known: made of factors on a complete grid or drawn at random."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation


def space(*sizes: int) -> FactorSpace:
    return FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(sizes)))


def on_grid(*sizes: int, code: np.ndarray | None = None) -> Representation:
    """Every combination once; the code is the factors themselves unless given."""
    levels = space(*sizes).levels(np.arange(np.prod(sizes)))
    return Representation.from_arrays(levels.astype(float) if code is None else code, levels, space=space(*sizes))


def at_random(rows: int, *sizes: int, seed: int = 0) -> np.ndarray:
    """Independent uniform factor levels [rows, K]."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(size, size=rows) for size in sizes], axis=1)


def noise(rows: int, latents: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, latents))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def with_idle_latents(seed: int) -> Representation:
    """500 rows of four factors, a noisy latent each, and two latents of noise."""
    draws = rng(seed)
    factors = draws.integers(7, size=(500, 4))
    code = np.concatenate(
        [factors / 2 + 0.5 * draws.standard_normal((500, 4)), draws.standard_normal((500, 2))], axis=1
    )
    return Representation.from_arrays(code, factors)
