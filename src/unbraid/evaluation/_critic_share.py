"""What FactorVAE's critic sees of the dependence between latents, against a reference of known quality."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, ndtri
from scipy.stats import rankdata

from unbraid.core import require

LEAST = 0.05  # nats: a reference below is nothing that a critic could miss


def gaussian_copula_total_correlation(z: np.ndarray) -> float:
    r"""Total correlation of the Gaussian copula of codes, in nats: a lower bound of their total correlation.

    Each latent is replaced by the normal scores of its ranks, which changes no dependence; with R their correlation,

        TC >= -1/2 log det R,   with equality where the dependence is that of a Gaussian

    since among distributions with normal margins and correlation R the Gaussian has the least. The bias of R from N
    rows, D (D - 1) / 4N to first order, is taken off (exact for Gaussian codes).

    Args:
        z: codes [N, D], N > D + 1: draws from the posteriors, as the critic sees them.

    Raises:
        UsageError: latents that determine each other.

    Source: Watanabe (1960); bound: Ma & Sun (2011), "Mutual information is copula entropy".
    """
    rows, latents = z.shape
    require(rows > latents + 1, "total correlation needs more rows than latents", f"{rows} of {latents}")
    if latents < 2:
        return 0.0
    scores = ndtri(rankdata(z, axis=0) / (rows + 1))
    varying = np.ptp(scores, axis=0) > 0
    if varying.sum() < 2:
        return 0.0
    sign, logdet = np.linalg.slogdet(np.corrcoef(scores[:, varying], rowvar=False))
    require(
        sign > 0 and logdet > np.log(np.finfo(float).eps), "latents must not determine each other", "a copy of another"
    )
    count = int(varying.sum())
    bias = count * digamma((rows - 1) / 2) - digamma((rows - 1 - np.arange(count)) / 2).sum()
    return float(-logdet - bias) / 2


def critic_share(estimate: float, reference: float) -> float:
    r"""The critic's estimate of a total correlation over a reference, both in nats.

        share = 1 + (estimate - reference) / max(reference, .05)

    is estimate / reference, and where there is next to nothing to see it says what is missed of .05 nats: where codes
    are independent and the critic finds them so, the share is 1.

    >>> critic_share(0.12, 2.0), critic_share(0.0, 0.0)
    (0.06, 1.0)
    """
    return round(1 + (estimate - reference) / max(reference, LEAST), 12)
