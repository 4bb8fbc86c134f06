"""All randomness comes from (seed, step, purpose), so nothing random needs to be saved."""

from __future__ import annotations

import zlib

import numpy as np


def derive(seed: int, step: int = 0, purpose: str = "") -> int:
    """A 63-bit number that depends on all three: the seed of a stream of its own.

    >>> derive(0, 1, "noise") != derive(0, 2, "noise") != derive(0, 2, "rows")
    True
    """
    mixed = np.random.SeedSequence([seed, step, zlib.crc32(purpose.encode())])
    return int(mixed.generate_state(1, np.uint64)[0] >> np.uint64(1))


def small(seed: int) -> int:
    """A seed as scikit-learn takes it, below 2^32; one that is stays as it is.

    >>> small(7), small(2**32 + 7)
    (7, 7)
    """
    return seed % 2**32


def rng(seed: int, step: int = 0, purpose: str = "") -> np.random.Generator:
    """A NumPy generator for (seed, step, purpose); the same three give the same draws on every machine."""
    return np.random.default_rng([seed, step, zlib.crc32(purpose.encode())])
