"""Number of latents in use."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.metrics._divergence import mean_divergence
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["active_latents"]

PROPERTIES = Properties(
    source="Burda et al. (2016), Importance Weighted Autoencoders, App. C; arXiv:1509.00519",
    range=(0.0, float("inf")),
    higher_is_better=None,
    rows=2,
    invariant=("permutation", "sign", "idle"),
    needs=(),
    dead="not counted",
    duplicate="counts twice",
    tiny="not counted once the variance of its mean is at most the threshold",
    discrete="no difference",
    blind_to="what the latents tell: one that varies by noise alone counts as well",
    resampled="nothing",
)
By = Literal["variance", "kl"]


def active_latents(rep: Representation, *, threshold: float = 0.01, by: By = "variance") -> Score:
    r"""Number of latents in use: those whose posterior mean varies over the rows.

    Args:
        rep: posterior means [N, D]; factors are not used.
        threshold: a latent counts when its measure exceeds this.
        by: "variance" of the posterior mean over rows (Burda et al.), or "kl": mean divergence from a standard
            normal prior in nats, which needs the posterior's log-variances (the threshold of Duan et al.'s UDR).

    Returns:
        value in 0 .. D (neither end is better); arrays: "measure" [D], "active" [D] (1 or 0).

    Raises:
        UsageError: an unknown measure, a negative threshold, no log-variances for "kl".

    Source: Burda et al. (2016), App. C; Duan et al. (2020), arXiv:1905.12614, for "kl".

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("dead", count) for count in (0, 4)]
        >>> [round(active_latents(rep).value, 1) for rep in codes]
        [4.0, 4.0]
    """
    require_choice(by, By, "active_latents: by")
    require(threshold >= 0, "active_latents: threshold must not be negative", threshold)
    require(by == "kl" or len(rep) >= 2, "active_latents needs at least 2 rows", len(rep), "score more rows")
    measure = mean_divergence(rep, "active_latents") if by == "kl" else _variance(rep.code)
    active = measure > threshold
    arrays = {"measure": measure, "active": active.astype(np.float64)}
    return Score(float(active.sum()), {}, arrays, f"{by} > {threshold:g}")


def _variance(code: np.ndarray) -> np.ndarray:
    return np.array([code[:, j].astype(np.float64).var() for j in range(code.shape[1])])
