"""Codes as the Tartu thesis scores them: a random share of the rows, z sampled from the posterior."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.metrics._latent_noise import LatentNoise
from unbraid.metrics._representation import Representation

PosteriorPoint = Literal["samples", "means"]  # which z of a row's posterior: a draw from it, or its mean
FEWEST = 100  # rows taken however small the share
DRAWN_SHARE = 1.12  # 1 / root(1 - 100 / 500): of 500 rows, halves too draw 100, and so share a fifth of what they know


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
    noise = LatentNoise(taken.code, taken.logvar).draw(rng)
    code = taken.code + np.exp(0.5 * taken.logvar.astype(np.float64)) * noise
    return replace(taken, code=code), f"samples of {count} rows"
