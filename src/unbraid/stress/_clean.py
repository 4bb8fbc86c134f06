"""The code that every stressor begins with: a latent for each of four independent factors, and a little noise."""

from __future__ import annotations

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation

FACTORS = 4
LEVELS = 7  # the unstressed code stands on the complete grid of 7^4 = 2,401 rows
ROWS = LEVELS**FACTORS
NOISE = 0.1  # of a latent whose factor has deviation 1; also the deviation of every posterior


def standardised(levels: np.ndarray, count: int = LEVELS) -> np.ndarray:
    """Level numbers of uniform factors with `count` levels as values of mean 0 and deviation 1."""
    values: np.ndarray = (levels - (count - 1) / 2) / np.sqrt((count**2 - 1) / 12)
    return values


def space_of(count: int = LEVELS) -> FactorSpace:
    """Four factors with `count` levels each."""
    return FactorSpace(tuple(Factor(f"factor {k}", count) for k in range(FACTORS)))


def grid_levels() -> np.ndarray:
    """Levels of the complete grid [2401, 4]."""
    return space_of().levels(np.arange(ROWS))


def random_levels(rng: np.random.Generator, rows: int = ROWS, count: int = LEVELS) -> np.ndarray:
    """Independent uniform levels [rows, 4]."""
    return rng.integers(count, size=(rows, FACTORS))


def noisy(code: np.ndarray, rng: np.random.Generator, deviation: float = NOISE) -> np.ndarray:
    """The code with Gaussian noise of that deviation on every latent."""
    return code + deviation * rng.standard_normal(code.shape)


def clean_code(rng: np.random.Generator, deviation: float = NOISE) -> np.ndarray:
    """One latent per factor, standardised, with noise, on the complete grid [2401, 4]."""
    return noisy(standardised(grid_levels()), rng, deviation)


def represented(
    code: np.ndarray, levels: np.ndarray, count: int = LEVELS, idle: int = 0, deviation: float = NOISE
) -> Representation:
    """The code with its factors; its last `idle` latents have the prior as posterior, the others that deviation."""
    logvar = np.full(code.shape, 2 * np.log(deviation))
    logvar[:, code.shape[1] - idle :] = 0.0
    return Representation.from_arrays(code, levels, logvar=logvar, space=space_of(count))
