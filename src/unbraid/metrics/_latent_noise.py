"""Random numbers that belong to a latent and not to its place, so that scores stay when latents are moved or turned."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np


class LatentNoise:
    """A stream of noise for each latent of some codes.

    The stream comes from the order of the latent's rows by code and by log-variance, which permuting, negating and
    scaling latents, and further latents, leave as it is: what is drawn with it turns and moves with the latent. Latents
    of one order take different streams.

    Args:
        code: [N, D].
        logvar: [N, D], where there are any.
    """

    def __init__(self, code: np.ndarray, logvar: np.ndarray | None = None) -> None:
        widths = [None] * code.shape[1] if logvar is None else list(logvar.T)
        self._keys = [_key(column, width) for column, width in zip(code.T, widths, strict=True)]
        self._rows = len(code)

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Standard normal numbers [N, D]."""
        seed, seen = int(rng.integers(2**63)), Counter[bytes]()
        noise = np.empty((self._rows, len(self._keys)))
        for latent, (sign, key) in enumerate(self._keys):
            stream = np.random.default_rng([seed, seen[key], *np.frombuffer(key, np.uint32).tolist()])
            noise[:, latent] = sign * stream.standard_normal(self._rows, dtype=np.float32)
            seen[key] += 1
        return noise


def latent_keys(code: np.ndarray) -> np.ndarray:
    """A number for each latent [D] that permuting, negating and scaling latents leave with it."""
    return np.array([int.from_bytes(_key(column, None)[1][:7], "big") for column in code.T], dtype=np.int64)


def _key(mean: np.ndarray, logvar: np.ndarray | None) -> tuple[int, bytes]:
    """A sign, and what a latent and its negative have in common: a hash of the order of its rows."""
    rank = _ranks(mean)
    turned = rank.max() - rank
    place = int(np.argmax(rank != turned))
    sign = 1 if rank[place] >= turned[place] else -1
    order = (rank if sign > 0 else turned).tobytes() + (b"" if logvar is None else _ranks(logvar).tobytes())
    return sign, hashlib.sha256(order).digest()


def _ranks(values: np.ndarray) -> np.ndarray:
    """Place of each value among the different ones."""
    ranks: np.ndarray = np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int32)
    return ranks
