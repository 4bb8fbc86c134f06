"""DCIMIG from histograms."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import histogram_information, top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["dcimig"]

PROPERTIES = Properties(
    source="Sepliarskaia et al. (2019), Evaluating Disentangled Representations, Sec. 4; arXiv:1910.05587",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    factors=2,
    top=0.9,
    bottom=0.05,
    dead="carries 0 nats and changes nothing",
    duplicate="changes nothing: each factor keeps its best latent",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="blends beside clean latents, nor why it is low: noise and dependent factors lower it as blends do",
    permuted="factors",
    cost="quick",
    resampled="parts",
)


def dcimig(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0) -> Score:
    r"""DCIMIG: how much of the factors' entropy is told by latents that tell about one factor only.

    Each latent j belongs to the factor it tells most about, with gap R_j between its best and second-best factor;
    each factor keeps its best latent:

        DCIMIG = (sum over k of max over latents j of factor k of R_j) / (sum over k of H_k)

    Args:
        rep: codes [N, D] with N >= 5 bins, and factors [N, K] of which at least two vary.
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes levels as they are.

    Returns:
        value in [0, 1], higher is better; parts: kept gap / H_k per factor (0 where no latent belongs to it);
        arrays: "information" [D, K].

    Raises:
        UsageError: fewer than two varying factors, too few rows for `bins`.

    Notes:
        Unlike MIG it does not mind two latents for one factor.

    Source: Sepliarskaia et al. (2019), Sec. 4 ("DCIMIG" in Carbonneau et al. (2022), arXiv:2012.09276).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(dcimig(rep).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    info = histogram_information(rep, "dcimig", bins, factor_bins, factors=2)
    first, second = top_two(info.table.T)
    kept = np.zeros(len(info.factors))
    np.maximum.at(kept, info.table.argmax(axis=1), first - second)
    arrays = {"information": info.table}
    value, parts = float(kept.sum() / info.entropy.sum()), info.parts(kept / info.entropy)
    return Score(value, parts, arrays, info.variant, notes=info.notes)
