"""Mean mutual information between two latents, from histograms."""

from __future__ import annotations

from unbraid.core import require
from unbraid.core.values import Bins
from unbraid.metrics._bins import bin_numbers
from unbraid.metrics._information import ROWS_PER_BIN, information_table
from unbraid.metrics._prepared import once
from unbraid.metrics._properties import Properties
from unbraid.metrics._remarks import crowded_notes
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_latents, require_rows

__all__ = ["mutual_information_between_latents"]

PROPERTIES = Properties(
    source="Locatello et al. (2019), Challenging Common Assumptions, Sec. 5.3; arXiv:1811.12359",
    range=(0.0, float("inf")),
    higher_is_better=False,
    rows=100,
    latents=2,
    invariant=("permutation", "sign", "scale"),
    needs=(),
    dead="shares 0 nats with every other, and so lowers the mean",
    duplicate="two copies share their whole entropy",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="dependence of three or more latents, and the factors: independent noise reads 0",
    permuted="latents",
    cost="quick",
    resampled="parts",
)


def mutual_information_between_latents(rep: Representation, *, bins: Bins = 20) -> Score:
    r"""Mean mutual information between two latents, in nats: 0 where they are independent.

    The mean of the plug-in mutual information I[z_i; z_j] over all D (D - 1) ordered pairs of different latents.

    Args:
        rep: codes [N, D] with N >= 5 bins and D >= 2; factors are not used.
        bins: equal-width bins per latent over its observed range.

    Returns:
        value >= 0 in nats, lower is better; arrays: "information" [D, D] with the entropies on the diagonal.

    Raises:
        UsageError: fewer than two latents, too few rows for `bins`.

    Notes:
        The plug-in bias, about (bins - 1)^2 / 2N nats per pair of continuous latents, is not removed.

    Source: Locatello et al. (2019), Sec. 5.3 (unsupervised scores).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(mutual_information_between_latents(rep).value, 1) for rep in codes]
        [0.1, 0.2]
    """
    name = "mutual_information_between_latents"
    require(bins >= 2, f"{name}: bins must be at least 2", bins)
    require_rows(rep, ROWS_PER_BIN * bins, name)
    require_latents(rep, 2, name)
    binned = once(rep, ("bins", bins), lambda: bin_numbers(rep.code, bins))
    table = information_table(binned, binned)
    pairs = rep.latents * (rep.latents - 1)
    value = (table.sum() - table.trace()) / pairs
    variant = f"histogram, {bins} equal-width bins"
    return Score(float(value), {}, {"information": table}, variant, notes=crowded_notes(rep, bins))
