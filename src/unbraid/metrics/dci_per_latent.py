"""DCI of the Tartu thesis, per-latent model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.core.values import Degree, Share
from unbraid.metrics._factors import Targets, columns_of, varying, with_factors
from unbraid.metrics._importance import importance_score
from unbraid.metrics._polynomial import polynomial_r2
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_latents, require_rows
from unbraid.metrics._sampled import DRAWN_SHARE, PosteriorPoint, sampled_codes

__all__ = ["dci_per_latent"]

PROPERTIES = Properties(
    source="Tartu thesis on multi-layer beta-VAEs, Sec. 3.2.1, per-latent model",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="weighs nothing in disentanglement; raises completeness a little, whose base counts it",
    duplicate="none for disentanglement; completeness falls as the importance stands there twice",
    tiny="none: each latent has a fit of its own",
    discrete="works",
    blind_to="why it is low: noise, lost or dependent factors and few rows lower it as blends do; nor copies",
    tolerance=1e-6,
    top=0.65,
    bottom=0.6,
    latents=2,
    factors=2,
    permuted="factors",
    cost="quick",
    reads="order",
    widened=DRAWN_SHARE,
)


def dci_per_latent(
    rep: Representation,
    rng: np.random.Generator,
    *,
    share: Share = 0.1,
    z: PosteriorPoint = "samples",
    target: Targets = "natural",
    degree: Degree = 4,
    group: Sequence[str] = (),
) -> Score:
    """DCI with a polynomial regression of each factor on each latent alone, of sampled codes (Tartu thesis).

    The R^2 of least squares on z^4, z^3, z^2, z of one latent fills the matrix (latents x factors); disentanglement
    and completeness follow from it as in `dci`. Each latent has a fit of its own, so that hundreds of them can be
    scored, where a joint model would pick a few among many redundant ones.

    Args:
        rep: at least 100 rows, two latents, two varying factors.
        rng: draws rows and posterior samples.
        share: part of the rows used (at least 100 rows); 0.1 in the thesis.
        z: `samples` of the posterior as in the thesis (its means where the log-variances are unknown), or `means`.
        target: `natural` predicts sine and cosine of a circular factor and indicators of a categorical one together;
            `value` predicts the plain number, as the thesis does.
        degree: highest power of the polynomial.
        group: score these factors only, by the latents whose summed R^2 for them exceeds that for the rest.

    Returns:
        value: disentanglement in [0, 1]; parts: disentanglement, completeness; arrays: "importance" [D, K] (the
        R^2), "kept" [D], "disentanglement", "completeness". None where no latent is kept for `group`; the thesis
        prints 0 there.

    Notes:
        The R^2 is that of the rows fitted, about degree / rows for a latent without information: codes of noise have
        small, unequal entries and score well above 0. Factors with a single level are left out.

    Source: Tartu thesis, Sec. 3.2.1.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(dci_per_latent(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [0.8, 0.4]
    """
    require_rows(rep, PROPERTIES.rows, "dci_per_latent")
    require_latents(rep, 2, "dci_per_latent")
    scored, which = sampled_codes(rep, rng, share, z)
    require_factors(varying(scored), 2, "dci_per_latent")
    scored = with_factors(scored, varying(scored))
    columns = columns_of(group, rep, scored.space) if group else []
    variant = f"polynomial of degree {degree}, {target} targets, {which}"
    return importance_score(polynomial_r2(scored, degree, target), variant, columns=columns)
