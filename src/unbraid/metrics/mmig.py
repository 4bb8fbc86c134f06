"""Modified mutual information gap from histograms."""

from __future__ import annotations

import numpy as np

from unbraid.core import Mistake
from unbraid.metrics._information import Information, histogram_information, top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["mmig"]

PROPERTIES = Properties(
    source="Dubois et al. (2019), Understanding Disentangling in VAE, Eq. 3",
    range=(0.0, float("inf")),
    higher_is_better=True,
    rows=100,
    latents=2,
    top=0.9,
    bottom=0.05,
    dead="carries 0 nats and changes nothing",
    duplicate="two copies of a factor's latent close its gap to 0",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
)
DETERMINED = 1e-9  # nats left of a factor once another one is known, below which it has no part of its own


def mmig(rep: Representation, *, bins: int = 20, factor_bins: int = 0) -> Score:
    r"""Modified mutual information gap: MIG that allows for factors which tell about each other.

    With plug-in mutual information I and entropy H, and the latents sorted by their information about factor k,

        MMIG = mean over k of (I_(1)k - I_(2)k) / (H_k - max over other factors k' of I[v_k; v_k'])

    Args:
        rep: codes [N, D] with N >= 5 bins and D >= 2, and factors [N, K].
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes levels as they are.

    Returns:
        value >= 0, higher is better; parts: one per factor; arrays: "information" [D, K], "entropy" [K],
        "between_factors" [K, K].

    Raises:
        Mistake: fewer than two latents, too few rows, no factor that varies, every factor determined by another one.

    Notes:
        On a complete grid the factors tell nothing about each other, and MMIG is MIG. It may exceed 1 where factors are
        dependent. A factor that another one determines has no entropy of its own and is left out.

    Source: Dubois et al. (2019), Eq. 3, on the histogram estimator; `mmig_posterior` is theirs.
    """
    info = histogram_information(rep, "mmig", bins, factor_bins, latents=2)
    first, second = top_two(info.table)
    own = own_entropy(info.between_factors)
    kept = own > DETERMINED
    if not kept.any():
        raise Mistake("mmig needs a factor that no other factor determines; got none; leave out the copies.")
    gaps = (first - second)[kept] / own[kept]
    arrays = {"information": info.table, "entropy": info.entropy, "between_factors": info.between_factors}
    return Score(float(np.mean(gaps)), _parts(info, kept, gaps), arrays, info.variant)


def own_entropy(between_factors: np.ndarray) -> np.ndarray:
    """What each factor keeps to itself [K]: its entropy less the most any other factor tells about it.

    Args:
        between_factors: mutual informations [K, K] with the entropies on the diagonal.
    """
    others = between_factors - np.diag(np.diagonal(between_factors))
    return np.diagonal(between_factors) - others.max(axis=1)


def _parts(info: Information, kept: np.ndarray, gaps: np.ndarray) -> dict[str, float]:
    names = [name for name, keep in zip(info.factors, kept, strict=True) if keep]
    return dict(zip(names, gaps.tolist(), strict=True))
