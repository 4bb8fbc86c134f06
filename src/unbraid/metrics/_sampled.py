"""Rows and codes as the Tartu thesis takes them: a random share of the rows, z sampled from the posterior."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from unbraid.core import require, require_known
from unbraid.metrics._representation import Representation

Taken = Literal["samples", "means"]
FEWEST = 100  # rows taken however small the share


def drawn(rep: Representation, rng: np.random.Generator, share: float, z: Taken) -> tuple[Representation, str]:
    """A random `share` of the rows with z ~ q(z | x) as code, and how it was taken in words.

    Without known logvar the means stand for the samples.
    """
    require(0 < share <= 1, "share must lie in (0, 1]", share)
    require_known(z, ("samples", "means"), "z")
    count = min(len(rep), max(FEWEST, round(share * len(rep))))
    taken = rep if count == len(rep) else rep.rows(np.sort(rng.permutation(len(rep))[:count]))
    if z == "means" or taken.logvar is None:
        return taken, f"means of {count} rows"
    noise = rng.standard_normal(taken.code.shape)
    code = taken.code + np.exp(0.5 * taken.logvar.astype(np.float64)) * noise
    return replace(taken, code=code), f"samples of {count} rows"
