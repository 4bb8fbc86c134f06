"""Variance over latents of the divergence from the prior."""

from __future__ import annotations

import numpy as np

from unbraid.metrics._divergence import mean_divergence
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents

__all__ = ["kl_variance"]

PROPERTIES = Properties(
    source="Dubois et al. (2019), Understanding Disentangling in VAE, Table 1",
    range=(0.0, float("inf")),
    higher_is_better=None,
    rows=1,
    latents=2,
    invariant=("permutation", "sign"),
    needs=("logvar",),
    dead="counts with its divergence, 0 where its posterior is the prior",
    duplicate="counts twice",
    tiny="counts with its divergence",
    discrete="no difference",
    blind_to="what the latents tell, and how much in all: it compares their nats with each other",
    resampled="parts",
)

RESOLVED = 1e-9  # of the largest divergence: below, fewer than seven digits of a difference are not rounding


def kl_variance(rep: Representation) -> Score:
    r"""Variance over latents of their mean divergence from the prior, in nats squared.

        value = mean over j of (KL_j - mean KL)^2

    Args:
        rep: posterior means [N, D] and log-variances `logvar` [N, D], D >= 2; factors are not used.

    Returns:
        value >= 0 (neither end is better: 0 where all latents carry alike); arrays: "kl" [D].

    Raises:
        UsageError: no posterior log-variances, fewer than two latents.

    Notes:
        The poster gives no normalisation; this is the variance over D (not D - 1) of `dimension_wise_kl`.

    Source: Dubois et al. (2019), Table 1 ("Var. Dim. KL").

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("dead", count) for count in (0, 4)]
        >>> [round(kl_variance(rep).value, 1) for rep in codes]
        [0.0, 1.3]
    """
    require_latents(rep, 2, "kl_variance")
    divergence = mean_divergence(rep, "kl_variance")
    alike = np.ptp(divergence) <= RESOLVED * np.abs(divergence).max()  # a variance of rounding errors
    return Score(0.0 if alike else float(divergence.var()), {}, {"kl": divergence}, "over D latents")
