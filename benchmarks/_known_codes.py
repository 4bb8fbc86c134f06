"""Codes of four laws that are known: rows of factors, and codes of them with fresh noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from unbraid.core import Factor, FactorSpace, rng
from unbraid.metrics import Representation


def codes_of(name: str, rows: int, draw: int) -> tuple[Representation, Representation]:
    """Two codes of one law and of the same rows: their noise is drawn apart."""
    draws = rng(draw, 0, f"{name} {rows}")
    make, sizes = CODES[name]
    factors = np.stack([draws.integers(size, size=rows) for size in sizes], axis=1)
    values = (factors - (np.array(sizes) - 1) / 2) / np.sqrt((np.array(sizes) ** 2 - 1) / 12)  # deviation 1
    space = FactorSpace(tuple(Factor(f"factor {k}", size) for k, size in enumerate(sizes)))
    first, second = (make(values, draws) for _ in range(2))
    logvar = -3 + 0.1 * draws.standard_normal(first.shape)
    return tuple(Representation.from_arrays(code, factors, logvar=logvar, space=space) for code in (first, second))


def noisy(values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """A latent per factor with half a deviation of noise, and two that know nothing."""
    noise = draws.standard_normal((len(values), values.shape[1] + 2))
    noise[:, : values.shape[1]] = values + 0.5 * noise[:, : values.shape[1]]
    return noise


def rotated(values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Pairs of latents turned by 25 degrees, with a fifth of a deviation of noise."""
    cosine, sine = np.cos(np.deg2rad(25)), np.sin(np.deg2rad(25))
    first, second = values[:, 0::2], values[:, 1::2]
    code = np.concatenate([cosine * first - sine * second, sine * first + cosine * second], axis=1)
    turned: np.ndarray = code + 0.2 * draws.standard_normal(code.shape)
    return turned


def uneven(values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """dSprites' levels: bent latents with little to much noise, two blends, three that are nearly dead."""
    rows = len(values)
    clean = np.tanh(values) + np.array([0.05, 0.3, 0.6, 0.2, 1.0]) * draws.standard_normal(values.shape)
    blends = 0.5 * values[:, :2] * values[:, 2:4] + 0.5 * draws.standard_normal((rows, 2))
    return np.concatenate([clean, blends, 0.05 * draws.standard_normal((rows, 3))], axis=1)


def null(values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Eight Gaussian latents that know nothing, of 3D Shapes' levels."""
    return draws.standard_normal((len(values), 8))


Make = Callable[[np.ndarray, np.random.Generator], np.ndarray]
CODES: dict[str, tuple[Make, tuple[int, ...]]] = {
    "noisy": (noisy, (7, 7, 7, 7)),
    "rotated": (rotated, (7, 7, 7, 7)),
    "uneven": (uneven, (3, 6, 40, 32, 32)),
    "null": (null, (10, 10, 10, 8, 4, 15)),
}
