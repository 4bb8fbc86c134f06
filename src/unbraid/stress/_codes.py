"""Codes whose truth is known, put under one kind of stress at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace
from unbraid.metrics._representation import Representation

FACTORS = 4
LEVELS = 7  # the unstressed code stands on the complete grid of 7^4 = 2,401 rows
ROWS = LEVELS**FACTORS
NOISE = 0.1  # of a latent whose factor has deviation 1; also the deviation of every posterior

Truth = Literal["falls", "stays"]


@dataclass(frozen=True)
class Stressor:
    """One way to change a code in which each of four independent factors has a latent of its own.

    Args:
        name: in tables and figures.
        what: what grows, in words, with its unit.
        strengths: from none to strong.
        code: (strength, generator) -> the stressed code with its factors.
        alone: whether each latent serves one factor as before, or less so ("falls").
        compact: whether each factor has one latent as before, or less so.
        readable: whether the factors can be read from all latents as before, or less so.
    """

    name: str
    what: str
    strengths: tuple[float, ...]
    code: Callable[[float, np.random.Generator], Representation]
    alone: Truth = "stays"
    compact: Truth = "stays"
    readable: Truth = "stays"


def standardised(factors: np.ndarray, levels: int) -> np.ndarray:
    """Level numbers of uniform factors as values of mean 0 and deviation 1."""
    return (factors - (levels - 1) / 2) / np.sqrt((levels**2 - 1) / 12)


def _space(levels: int) -> FactorSpace:
    return FactorSpace(tuple(Factor(f"factor {k}", levels) for k in range(FACTORS)))


def _grid() -> np.ndarray:
    return _space(LEVELS).levels(np.arange(ROWS))


def _drawn(rng: np.random.Generator, rows: int = ROWS, levels: int = LEVELS) -> np.ndarray:
    return rng.integers(levels, size=(rows, FACTORS))


def _noisy(code: np.ndarray, rng: np.random.Generator, amount: float = NOISE) -> np.ndarray:
    return code + amount * rng.standard_normal(code.shape)


def _coded(
    code: np.ndarray, factors: np.ndarray, levels: int = LEVELS, idle: int = 0, width: float = NOISE
) -> Representation:
    """The code, its last `idle` latents with the prior as posterior, the others with posteriors of that width."""
    logvar = np.full(code.shape, 2 * np.log(width))
    logvar[:, code.shape[1] - idle :] = 0.0
    return Representation.from_arrays(code, factors, logvar=logvar, space=_space(levels))


def _rotated(angle: float, rng: np.random.Generator) -> Representation:
    """Latents 0 and 1 turned into each other by `angle` degrees, and so 2 and 3."""
    code = _noisy(standardised(_grid(), LEVELS), rng)
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.kron(np.eye(FACTORS // 2), [[cosine, sine], [-sine, cosine]])
    return _coded(code @ turn, _grid())


def _with_noise(amount: float, rng: np.random.Generator) -> Representation:
    return _coded(_noisy(standardised(_grid(), LEVELS), rng, amount), _grid())


def _warped(strength: float, rng: np.random.Generator) -> Representation:
    """Each latent through a rising curve with ever heavier tails: sinh(s z) / s, at its old deviation."""
    code = _noisy(standardised(_grid(), LEVELS), rng)
    warped = np.sinh(strength * code) / strength if strength else code
    return _coded(warped / warped.std(axis=0), _grid())


def _copied(copies: float, rng: np.random.Generator) -> Representation:
    return _coded(_noisy(np.tile(standardised(_grid(), LEVELS), (1, int(copies))), rng), _grid())


def _shared(share: float, rng: np.random.Generator) -> Representation:
    """Latents 0 and 2 also carry `share` of factors 1 and 3, which keep latents of their own."""
    code = standardised(_grid(), LEVELS)
    code[:, 0::2] = (code[:, 0::2] + share * code[:, 1::2]) / np.hypot(1, share)
    return _coded(_noisy(code, rng), _grid())


def _with_dead(count: float, rng: np.random.Generator) -> Representation:
    code = _noisy(standardised(_grid(), LEVELS), rng)
    return _coded(np.concatenate([code, np.zeros((ROWS, int(count)))], axis=1), _grid(), idle=int(count))


def _with_idle(count: float, rng: np.random.Generator) -> Representation:
    code = _noisy(standardised(_grid(), LEVELS), rng)
    return _coded(np.concatenate([code, rng.standard_normal((ROWS, int(count)))], axis=1), _grid())


def _of_rows(rows: float, rng: np.random.Generator) -> Representation:
    factors = _drawn(rng, rows=int(rows))
    return _coded(_noisy(standardised(factors, LEVELS), rng), factors)


def _correlated(share: float, rng: np.random.Generator) -> Representation:
    """In a share of rows factor 1 takes the level of factor 0, and 3 that of 2; each keeps its latent."""
    factors = _drawn(rng)
    for k in (0, 2):
        same = rng.random(ROWS) < share
        factors[same, k + 1] = factors[same, k]
    return _coded(_noisy(standardised(factors, LEVELS), rng), factors)


def _of_levels(levels: float, rng: np.random.Generator) -> Representation:
    """The noise is a fixed share of the step between levels, so that levels stay apart however many there are."""
    count = int(levels)
    factors = _drawn(rng, levels=count)
    width = NOISE * np.sqrt((LEVELS**2 - 1) / (count**2 - 1))
    return _coded(_noisy(standardised(factors, count), rng, width), factors, count, width=width)


STRESSORS = {
    each.name: each
    for each in (
        Stressor(
            "rotation", "degrees by which pairs of latents are turned", (0, 10, 20, 30, 45), _rotated, "falls", "falls"
        ),
        Stressor(
            "noise",
            "deviation of noise, in deviations of a factor",
            (NOISE, 0.25, 0.5, 1.0, 2.0),
            _with_noise,
            readable="falls",
        ),
        Stressor("nonlinearity", "s in sinh(s z), a curve through which every latent goes", (0, 1, 2, 3, 4), _warped),
        Stressor("redundancy", "latents per factor", (1, 2, 3, 4), _copied, compact="falls"),
        Stressor(
            "shared",
            "share of a second factor in every other latent",
            (0, 0.25, 0.5, 0.75, 1),
            _shared,
            "falls",
            "falls",
        ),
        Stressor("dead", "constant latents beside the four", (0, 2, 4, 8, 16), _with_dead),
        Stressor("width", "latents of pure noise beside the four", (0, 2, 4, 8, 16), _with_idle),
        Stressor("rows", "rows drawn at random", (250, 500, 1000, 2000, 4000), _of_rows),
        Stressor(
            "correlation",
            "share of rows in which two factors have the same level",
            (0, 0.2, 0.4, 0.6, 0.8),
            _correlated,
        ),
        Stressor("cardinality", "levels per factor", (2, 4, 8, 16, 32), _of_levels),
    )
}
