"""Divergence from the prior, latent by latent."""

from __future__ import annotations

from unbraid.core.values import Natural
from unbraid.metrics._divergence import mean_divergence
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["dimension_wise_kl"]

PROPERTIES = Properties(
    source="Kingma and Welling (2014), Auto-Encoding Variational Bayes, App. B; Dubois et al. (2019), Fig. 3",
    range=(0.0, float("inf")),
    higher_is_better=None,
    rows=1,
    invariant=("permutation", "sign", "idle"),
    needs=("logvar",),
    dead="adds the divergence of its own posterior: 0 where that is the prior",
    duplicate="counts twice",
    tiny="adds what its posterior's divergence is",
    discrete="no difference",
    blind_to="what the information is about: nats about nuisances count as nats about a factor",
    resampled="parts",
)


def dimension_wise_kl(rep: Representation, *, batch: Natural = 0) -> Score:
    r"""Divergence of the posterior from a standard normal prior, in nats, in all and latent by latent.

        KL_j = mean over rows of (mean^2 + variance - log variance - 1) / 2,   value = sum over j of KL_j

    Args:
        rep: posterior means [N, D] and log-variances `logvar` [N, D]; factors are not used.
        batch: 0 averages over rows; otherwise the mean of the means of consecutive batches of that many rows, where a
            short last one weighs as much as a full one.

    Returns:
        value >= 0 in nats (neither end is better); parts: one per latent, "z0", …; arrays: "kl" [D].

    Raises:
        UsageError: no posterior log-variances.

    Source: Kingma and Welling (2014), App. B; Dubois et al. (2019), Fig. 3.

    Example:
        >>> from unbraid.stress import stressed
        >>> parts = dimension_wise_kl(stressed("dead", 1)).parts
        >>> {name: round(nats, 1) for name, nats in parts.items()}
        {'z0': 2.3, 'z1': 2.3, 'z2': 2.3, 'z3': 2.3, 'z4': 0.0}
    """
    divergence = mean_divergence(rep, "dimension_wise_kl", batch)
    parts = {f"z{j}": float(value) for j, value in enumerate(divergence)}
    variant = "mean over rows" if not batch else f"mean of means of {batch} rows"
    return Score(float(divergence.sum()), parts, {"kl": divergence}, variant)
