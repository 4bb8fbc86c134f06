"""Axis alignment metric from histograms."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import alignment, histogram_information
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["aam"]

PROPERTIES = Properties(
    source="Dubois et al. (2019), Understanding Disentangling in VAE, Eq. 2",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    top=0.9,
    bottom=0.6,
    dead="carries 0 nats and changes nothing",
    duplicate="two copies of a factor's latent take its alignment to 0",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="why it is low: noise, dependent factors and few rows lower it as a second latent does",
    permuted="factors",
    cost="quick",
    by_factor=True,
    resampled="parts",
)


def aam(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0) -> Score:
    r"""Axis alignment metric: how far one latent tells more about a factor than all others together.

    With plug-in mutual information I, and the latents sorted by their information about factor k,

        AAM = mean over k of max(0, I_(1)k - sum over the others of I_jk) / I_(1)k

    Args:
        rep: codes [N, D] with N >= 5 bins, and factors [N, K].
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes levels as they are.

    Returns:
        value in [0, 1], higher is better; parts: one per factor; arrays: "information" [D, K] and "entropy" [K].

    Raises:
        UsageError: too few rows for `bins`, no factor that varies.

    Notes:
        Only shares of information count: a latent with little information about a factor is aligned where the others
        have none. Codes without information can thus score by chance, most of all with few latents, and a single
        latent scores 1. A factor that no latent has information about counts 0.

    Source: Dubois et al. (2019), Eq. 2, on the histogram estimator; `aam_posterior` is theirs.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(aam(rep).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    info = histogram_information(rep, "aam", bins, factor_bins)
    shares = alignment(info.table)
    return Score(float(np.mean(shares)), info.parts(shares), info.arrays(), info.variant, notes=info.notes)
