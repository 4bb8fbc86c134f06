"""Divergence of Gaussian posteriors from the standard normal prior, in nats."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_logvar

BLOCK = 65_536  # rows at a time, so that the whole dSprites grid needs no second copy in float64


def mean_divergence(rep: Representation, metric: str, batch: int = 0) -> np.ndarray:
    """KL(q(z_j|x) || N(0, 1)) averaged over rows -> [D] in nats.

    With `batch` > 0 it is the mean of the means of consecutive batches, where a short last one weighs as much.
    """
    logvars = require_logvar(rep, metric)
    require(batch >= 0, f"{metric}: batch must not be negative", batch)
    means, weights = [], []
    for start in range(0, len(rep), batch or BLOCK):
        rows = slice(start, start + (batch or BLOCK))
        mean, logvar = rep.code[rows].astype(np.float64), logvars[rows].astype(np.float64)
        means.append((0.5 * (mean**2 + np.exp(logvar) - logvar - 1.0)).mean(axis=0))
        weights.append(1 if batch else len(mean))
    return np.average(means, axis=0, weights=weights)
