"""Codes as the Tartu thesis scores them: a random share of the rows, z sampled from the posterior."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.metrics._representation import Representation

PosteriorPoint = Literal["samples", "means"]  # which z of a row's posterior: a draw from it, or its mean
FEWEST = 100  # rows taken however small the share
DRAWN_SHARE = 1.12  # 1 / root(1 - 100 / 500): of 500 rows, halves too draw 100, and so share a fifth of what they know


def noise_by_latent(code: np.ndarray, logvar: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Standard normal numbers [N, D] that belong to a latent and not to its place.

    The stream of a latent comes from the order of its rows by mean and by log-variance, which permuting, negating and
    scaling latents, and further latents, leave as it is: what is drawn with it turns and moves with the latent. Latents
    of one order take different streams.
    """
    seed = int(rng.integers(2**63))
    noise, seen = np.empty(code.shape), Counter[bytes]()
    for latent in range(code.shape[1]):
        sign, key = _key(code[:, latent], logvar[:, latent])
        words = np.frombuffer(key, np.uint32).tolist()
        stream = np.random.default_rng([seed, seen[key], *words])
        noise[:, latent] = sign * stream.standard_normal(len(code), dtype=np.float32)
        seen[key] += 1
    return noise


def latent_keys(code: np.ndarray) -> np.ndarray:
    """A number for each latent [D] that permuting, negating and scaling latents leave with it."""
    keys = [_key(column, np.zeros(1))[1] for column in code.T]
    return np.array([int.from_bytes(key[:7], "big") for key in keys], dtype=np.int64)


def _key(mean: np.ndarray, logvar: np.ndarray) -> tuple[int, bytes]:
    """A sign, and what a latent and its negative have in common: a hash of the order of its rows."""
    rank = np.unique(mean, return_inverse=True)[1].reshape(-1).astype(np.int32)
    turned = rank.max() - rank
    place = int(np.argmax(rank != turned))
    sign = 1 if rank[place] >= turned[place] else -1
    widths = np.unique(logvar, return_inverse=True)[1].reshape(-1).astype(np.int32)
    return sign, hashlib.sha256((rank if sign > 0 else turned).tobytes() + widths.tobytes()).digest()


def sampled_codes(
    rep: Representation, rng: np.random.Generator, share: float, z: PosteriorPoint
) -> tuple[Representation, str]:
    """A random `share` of the rows with z ~ q(z | x) as code, and which codes these are ("samples of 100 rows").

    Where the log-variances are unknown, the means are taken.
    """
    require(0 < share <= 1, "share must lie in (0, 1]", share)
    require_choice(z, PosteriorPoint, "z")
    count = min(len(rep), max(FEWEST, round(share * len(rep))))
    taken = rep if count == len(rep) else rep.rows(np.sort(rng.permutation(len(rep))[:count]))
    if z == "means" or taken.logvar is None:
        return taken, f"means of {count} rows"
    noise = noise_by_latent(taken.code, taken.logvar, rng)
    code = taken.code + np.exp(0.5 * taken.logvar.astype(np.float64)) * noise
    return replace(taken, code=code), f"samples of {count} rows"
