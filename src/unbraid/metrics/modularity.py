"""Modularity from histograms."""

from __future__ import annotations

from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.core.values import Bins, NaturalBins
from unbraid.metrics._information import histogram_information
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score

__all__ = ["modularity"]

PROPERTIES = Properties(
    source="Ridgeway and Mozer (2018), Learning Deep Disentangled Embeddings with the F-Statistic Loss, Sec. 2; "
    "arXiv:1802.05312",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=100,
    factors=2,
    invariant=("permutation", "sign", "scale"),
    top=0.95,
    dead='scores 0, and so pulls the mean down by its share of the latents; dead="drop" leaves it out',
    duplicate="changes nothing beyond the weight of that latent in the mean",
    tiny="counts like any other: bins follow each latent's own range",
    discrete="exact where every value has a bin of its own",
    blind_to="how much is told: noise reads high, so compare it above its floor; spare latents lower it as blends do",
    permuted="factors",
    cost="quick",
    resampled="parts",
)
Dead = Literal["zero", "drop", "missing"]


def modularity(rep: Representation, *, bins: Bins = 20, factor_bins: NaturalBins = 0, dead: Dead = "zero") -> Score:
    r"""Modularity: whether each latent tells about one factor only.

    With plug-in mutual information I of latent j, largest for factor k*,

        modularity_j = 1 - (sum over k != k* of I_jk^2) / (I_jk*^2 (K - 1)),   averaged over the latents

    Args:
        rep: codes [N, D] with N >= 5 bins, and factors [N, K] of which at least two vary.
        bins: equal-width bins per latent over its observed range; continuous factors get as many.
        factor_bins: equal-width bins for every factor; 0 takes levels as they are.
        dead: a latent without any information scores 0 ("zero"), is left out ("drop"), or makes the score
            missing ("missing").

    Returns:
        value in [0, 1], higher is better; parts: one per latent, "z0", …; arrays: "information" [D, K].

    Raises:
        UsageError: fewer than two varying factors, too few rows for `bins`, no latent left.

    Notes:
        Noise latents score about 0.6 by chance, since only ratios of information count; there is no bottom.

    Source: Ridgeway and Mozer (2018), Sec. 2, on the histogram estimator of Locatello et al. (2019).

    Example:
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("dead", count) for count in (0, 4)]
        >>> [round(modularity(rep).value, 1) for rep in codes]
        [1.0, 0.5]
    """
    require_choice(dead, Dead, "modularity: dead")
    info = histogram_information(rep, "modularity", bins, factor_bins, factors=2)
    squared = info.table**2
    best = squared.max(axis=1)
    alive = best > 0
    enough = {"zero": True, "drop": alive.any(), "missing": alive.all()}[dead]
    require(enough, "modularity needs latents with information", f"{int((~alive).sum())} without", "set dead to 'zero'")
    rest = np.divide(squared.sum(axis=1) - best, best, out=np.zeros_like(best), where=alive)
    values = np.where(alive, 1.0 - rest / (info.table.shape[1] - 1), 0.0)
    kept = alive if dead == "drop" else np.ones_like(alive)
    parts = {f"z{j}": float(values[j]) for j in np.flatnonzero(kept)}
    variant = f"{info.variant}, dead latents: {dead}"
    return Score(float(values[kept].mean()), parts, {"information": info.table}, variant, notes=info.notes)
