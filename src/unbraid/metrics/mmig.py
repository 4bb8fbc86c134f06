"""Modified mutual information gap from histograms."""

from __future__ import annotations

from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import histogram_information, modified_gap, top_two
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
    blind_to="what else the best latent tells; nor why it is low: noise and few rows lower it as a second latent does",
    permuted="factors",
    cost="quick",
    resampled="parts",
)


def mmig(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0) -> Score:
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
        UsageError: fewer than two latents, too few rows, no factor that varies, every factor determined by another one.

    Notes:
        On a complete grid the factors tell nothing about each other, and MMIG is MIG. It may exceed 1 where factors are
        dependent. A factor that another one determines has no entropy of its own and is left out.

    Source: Dubois et al. (2019), Eq. 3, on the histogram estimator; `mmig_posterior` is theirs.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(mmig(rep).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    info = histogram_information(rep, "mmig", bins, factor_bins, latents=2)
    first, second = top_two(info.table)
    return modified_gap(info, first - second, "mmig")
