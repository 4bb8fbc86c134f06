"""Divergence of Gaussian posteriors from the standard normal prior, in nats."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_logvar

BLOCK = 65_536  # rows at a time, so that the whole dSprites grid needs no second copy in float64


def divergence(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """KL(N(mean, exp logvar) || N(0, 1)) = (mean^2 + exp logvar - logvar - 1) / 2 of each latent [N, D], in nats.

    Args:
        mean: posterior means [N, D].
        logvar: posterior log-variances [N, D]; of the marginals, where the covariance is full.

    Returns:
        float64 [N, D].
    """
    mean, logvar = mean.astype(np.float64), logvar.astype(np.float64)
    nats: np.ndarray = 0.5 * (mean**2 + np.exp(logvar) - logvar - 1.0)
    return nats


def mean_divergence(rep: Representation, metric: str, batch: int = 0) -> np.ndarray:
    """KL(q(z_j|x) || N(0, 1)) averaged over rows -> [D] in nats.

    With `batch` > 0 it is the mean of the means of consecutive batches, where a short last one weighs as much.
    """
    logvar = require_logvar(rep, metric)
    require(batch >= 0, f"{metric}: batch must not be negative", batch)
    means, weights = [], []
    for start in range(0, len(rep), batch or BLOCK):
        rows = slice(start, start + (batch or BLOCK))
        means.append(divergence(rep.code[rows], logvar[rows]).mean(axis=0))
        weights.append(1 if batch else len(rep.code[rows]))
    return np.average(means, axis=0, weights=weights)
