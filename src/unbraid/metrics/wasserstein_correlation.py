"""Wasserstein distance between correlated and uncorrelated Gaussians fitted to the latents."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents, require_rows

__all__ = ["wasserstein_correlation"]

PROPERTIES = Properties(
    source="Locatello et al. (2019), Challenging Common Assumptions, Sec. 5.3; Watanabe (1960)",
    range=(0.0, float("inf")),
    higher_is_better=False,
    rows=10,
    latents=2,
    invariant=("permutation", "sign", "idle"),
    needs=(),
    dead="changes nothing",
    duplicate="adds the distance of a perfectly correlated pair",
    tiny="adds next to nothing, correlated or not: the distance has the latents' squared unit",
    discrete="a Gaussian is fitted all the same: only covariances count",
    blind_to="dependence that is no correlation, and the factors: independent noise reads 0 as well",
    permuted="latents",
    cost="quick",
    resampled="parts",
)


def wasserstein_correlation(rep: Representation) -> Score:
    r"""Squared Wasserstein distance of a Gaussian fit from its uncorrelated self: 0 where latents are uncorrelated.

        W = 2 tr C - 2 tr (D^(1/2) C D^(1/2))^(1/2),   D = diag C

    with C the covariance of the codes (over N - 1).

    Args:
        rep: codes [N, D] with N >= 10 and D >= 2; factors are not used.

    Returns:
        value >= 0 in squared units of the latents, lower is better; parts: "normalised" = W / tr C, which rescaling
        all latents alike does not change.

    Raises:
        UsageError: fewer than two latents, too few rows, all latents constant.

    Source: Locatello et al. (2019), Sec. 5.3 (unsupervised scores).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("redundancy", copies) for copies in (1, 2)]
        >>> [round(wasserstein_correlation(rep).value, 1) for rep in codes]
        [0.0, 4.0]
    """
    name = "wasserstein_correlation"
    require_rows(rep, 10, name)
    require_latents(rep, 2, name)
    covariance = np.cov(rep.code.astype(np.float64), rowvar=False)
    total = float(np.trace(covariance))
    require(total > 0, f"{name} needs a latent that varies", "constant latents only")
    scale = np.sqrt(np.diagonal(covariance))
    roots = np.sqrt(np.maximum(np.linalg.eigvalsh(scale[:, None] * covariance * scale), 0.0))
    value = max(0.0, 2.0 * (total - float(roots.sum())))
    return Score(value, {"normalised": value / total}, {"covariance": covariance}, "Gaussian, covariance over N - 1")
