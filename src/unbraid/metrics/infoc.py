"""InfoC: compactness from normalised information."""

from __future__ import annotations

import numpy as np

from unbraid.core import require
from unbraid.core.values import Count, Natural
from unbraid.metrics._importance import largest_share
from unbraid.metrics._infomec import coded, normalised_information
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["infoc"]

PROPERTIES = Properties(
    source="Hsu et al. (2023), Disentanglement via Latent Quantization, Sec. 4 and App. B; arXiv:2305.18378",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    latents=2,
    invariant=("permutation", "sign", "idle"),
    tolerance=0.02,
    top=0.9,
    bottom=None,
    dead="not in use, left out",
    duplicate="two copies share a factor, which halves its part",
    tiny="left out once its range is below a twentieth of the largest",
    discrete="tiny noise breaks ties, place by place: tied codes have no fixed value; discrete=True counts values",
    blind_to="how much is told, for it divides by what is known at all; dependent factors lower it as copies do",
    permuted="factors",
    cost="quick",
    by_factor=True,
)


def infoc(
    rep: Representation,
    rng: np.random.Generator,
    *,
    discrete: bool = False,
    neighbours: Count = 10,
    rows: Natural = 10_000,
) -> Score:
    r"""InfoC: whether each factor is told by one latent only, from normalised information.

    NMI_jk is the mutual information of latent j and factor k over the entropy of the factor, from nearest neighbours
    (continuous latents) or from counts (discrete ones). Latents in use are those whose range exceeds a twentieth of
    the largest (any range, for discrete ones).

        InfoC = (mean over factors k of max_j NMI_jk / sum_j NMI_jk - 1/D) / (1 - 1/D),   over the D latents in use

    Args:
        rep: codes [N, D] with N >= 100, and factors [N, K].
        rng: chooses rows and breaks ties.
        discrete: take each distinct value of a latent as a symbol of its own.
        neighbours: of the estimator of Ross (2014) for continuous latents.
        rows: largest number of random rows used; 0 takes all.

    Returns:
        value in [0, 1], higher is better; parts: one per factor; arrays: "normalised_information" [D, K], "active" [D]
        (1 or 0).

    Raises:
        UsageError: too few rows, fewer than two latents in use.

    Notes:
        The range is taken on the codes as they are, so that rescaling a latent can prune it. Continuous factors are cut
        into 20 equal-width bins. The part of a factor that no latent is estimated to tell about is 0; the authors
        divide 0 by 0 there, and their score is NaN.

    Source: Hsu et al. (2023), Sec. 4 and App. B.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(infoc(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.3]
    """
    require(neighbours >= 1, "infoc: neighbours must be at least 1", neighbours)
    of = coded(rep, rng, "infoc", discrete, rows, factors=1)
    table, active = normalised_information(of, rng, neighbours)
    require(active.sum() >= 2, "infoc needs at least 2 latents in use", int(active.sum()))
    values = largest_share(table[active], axis=0)
    arrays = {"normalised_information": table, "active": active.astype(np.float64)}
    variant = f"{of.variant}, {'counts' if discrete else f'{neighbours} neighbours'}"
    return Score(float(values.mean()), dict(zip(of.factors, values.tolist(), strict=True)), arrays, variant)
