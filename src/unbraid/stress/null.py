"""Codes that know nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from unbraid.core import require
from unbraid.metrics import Representation
from unbraid.stress._clean import FACTORS, ROWS, clean_code, grid_levels, represented
from unbraid.stress._stressor import Stressor

__all__ = ["null"]

STRESSOR = Stressor(
    grows="kind of codes that know nothing (1 Gaussian, 2 uniform, 3 discrete, 4 mixed, 5 one latent that varies)",
    strengths=(0, 1, 2, 3, 4, 5),
    alone="falls",
    compact="falls",
    readable="falls",
)
LATENTS = 2 * FACTORS


def null(rng: np.random.Generator, *, kind: int = 0) -> Representation:
    """Null codes: eight latents, independent of the factors and of each other, in place of the four.

    What a score reads here is its floor: it says nothing of the code, and the score above chance should be 0.

    Args:
        rng: draws the codes.
        kind: 0 leaves the code as it is; 1 Gaussian; 2 uniform; 3 discrete, latents of 2, 3, … 8 values; 4 mixed,
            Gaussian, uniform, heavy-tailed and two-valued latents of three scales side by side; 5 one Gaussian latent
            among constants.

    Returns:
        codes [2401, 8] of the complete grid ([2401, 4] for 0).

    Example:
        >>> import numpy as np
        >>> rep = null(np.random.default_rng(0), kind=1)
        >>> rep.latents, bool(abs(np.corrcoef(rep.code[:, 0], rep.factors[:, 0])[0, 1]) < 0.1)
        (8, True)
    """
    require(0 <= kind <= len(KINDS), f"null: kind must lie in 0 .. {len(KINDS)}", kind)
    if kind == 0:
        return represented(clean_code(rng), grid_levels())
    idle = LATENTS - 1 if KINDS[kind - 1] is _single else 0
    return represented(KINDS[kind - 1](rng, (ROWS, LATENTS)), grid_levels(), idle=idle)


def _gaussian(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.standard_normal(shape)


def _uniform(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.uniform(-1, 1, shape)


def _discrete(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    code: np.ndarray = np.floor(rng.random(shape) * (2 + np.arange(shape[1]) % 7))
    return code


def _heavy(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.standard_t(3, shape)


def _mixed(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    sorts = (_gaussian, _uniform, _heavy, _discrete)
    columns = [sorts[j % 4](rng, (shape[0], 1)) * 3.0 ** (j % 3 - 1) for j in range(shape[1])]
    return np.concatenate(columns, axis=1)


def _single(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    code = np.zeros(shape)
    code[:, 0] = rng.standard_normal(shape[0])
    return code


KINDS: tuple[Callable[[np.random.Generator, tuple[int, int]], np.ndarray], ...]
KINDS = (_gaussian, _uniform, _discrete, _mixed, _single)
