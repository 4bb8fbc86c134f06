"""Joint entropy minus mutual information gap from histograms."""

from __future__ import annotations

import numpy as np

from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import histogram_information, top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["jemmig"]

PROPERTIES = Properties(
    source="Do and Tran (2020), Theory and Evaluation Metrics for Learning Disentangled Representations, Sec. 4.3; "
    "arXiv:1908.09961",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    latents=2,
    top=0.9,
    bottom=0.2,
    dead="carries 0 nats and changes nothing",
    duplicate="two copies of a factor's latent cost it that latent's information",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="why it is low: noise, dependent factors and few rows lower it as a second latent does",
    permuted="factors",
    cost="quick",
    by_factor=True,
    resampled="parts",
)


def jemmig(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0) -> Score:
    r"""Joint entropy minus mutual information gap, normalised: MIG that also asks a latent for nothing but its factor.

    With latent j* telling most about factor k, and the latents sorted by plug-in mutual information I with it,

        JEMMIG_k = H(z_j*, v_k) - I_(1)k + I_(2)k   in nats, 0 at best
        value    = mean over k of 1 - JEMMIG_k / (H_k + log bins)

    Args:
        rep: codes [N, D] with N >= 5 bins and D >= 2, and factors [N, K].
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes levels as they are.

    Returns:
        value in [0, 1], higher is better; parts: one per factor; arrays: "information" [D, K], "nats" [K] (the
        score before normalising, lower is better).

    Raises:
        UsageError: fewer than two latents, too few rows, no factor that varies.

    Notes:
        Independent noise scores about 0 only if its bins fill evenly; a Gaussian latent leaves some of log bins unused.

    Source: Do and Tran (2020), Sec. 4.3.

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(jemmig(rep).value, 1) for rep in codes]
        [0.8, 0.1]
    """
    info = histogram_information(rep, "jemmig", bins, factor_bins, latents=2)
    first, second = top_two(info.table)
    joint = info.latent_entropy[info.table.argmax(axis=0)] + info.entropy - first
    nats = joint - first + second
    values = 1.0 - nats / (info.entropy + np.log(bins))
    arrays = {"information": info.table, "nats": nats}
    return Score(float(values.mean()), info.parts(values), arrays, info.variant, notes=info.notes)
