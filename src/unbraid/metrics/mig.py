"""Mutual information gap from histograms."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import histogram_information, top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["mig"]

PROPERTIES = Properties(
    source="Chen et al. (2018), Isolating Sources of Disentanglement in VAEs, Sec. 4.1; arXiv:1802.04942",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    latents=2,
    top=0.9,
    bottom=0.05,
    dead="carries 0 nats and changes nothing",
    duplicate="two copies of a factor's latent close its gap to 0",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="what else the best latent tells; nor why it is low: noise and few rows lower it as a second latent does",
    permuted="factors",
    cost="quick",
    by_factor=True,
    resampled="parts",
)


def mig(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0) -> Score:
    r"""Mutual information gap: how much one latent, rather than two, tells about each factor.

    For factor k with empirical entropy H_k, and the latents sorted by plug-in mutual information I with it,

        MIG = mean over k of (I_(1)k - I_(2)k) / H_k

    Args:
        rep: codes [N, D] with N >= 5 bins and D >= 2, and factors [N, K].
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor, which merges levels of large ones; 0 takes levels as they are.

    Returns:
        value in [0, 1], higher is better; parts: one gap per factor; arrays: "information" [D, K] and "entropy" [K].

    Raises:
        UsageError: fewer than two latents, too few rows for `bins`, no factor that varies.

    Notes:
        Factors with a single value have no entropy and are left out. The plug-in estimate is biased upwards by about
        (bins - 1)(levels - 1) / 2N nats, so small samples shrink the gap. `mig_posterior` is the paper's own estimator.

    Source: Chen et al. (2018), Sec. 4.1; histogram estimator of Locatello et al. (2019), arXiv:1811.12359.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(mig(rep).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    info = histogram_information(rep, "mig", bins, factor_bins, latents=2)
    first, second = top_two(info.table)
    gaps = (first - second) / info.entropy
    return Score(float(np.mean(gaps)), info.parts(gaps), info.arrays(), info.variant, notes=info.notes)
