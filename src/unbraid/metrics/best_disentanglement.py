"""Best disentanglement score of the Tartu thesis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.core.values import Degree, Share
from unbraid.metrics._factors import Targets, columns_of, varying, with_factors
from unbraid.metrics._importance import devoted
from unbraid.metrics._information import top_two
from unbraid.metrics._polynomial import polynomial_r2
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows
from unbraid.metrics._sampled import DRAWN_SHARE, PosteriorPoint, sampled_codes

__all__ = ["best_disentanglement"]

PROPERTIES = Properties(
    source="Tartu thesis on multi-layer beta-VAEs, Sec. 3.2.3",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none: it predicts nothing and is no factor's latent",
    duplicate="none: the better copy counts",
    tiny="none: each latent has a fit of its own",
    discrete="works",
    blind_to="copies of a latent, a factor spread over several latents, and blends beside clean latents",
    tolerance=1e-6,
    top=0.85,
    bottom=0.1,
    factors=2,
    permuted="factors",
    cost="quick",
    reads="order",
    widened=DRAWN_SHARE,
)


def best_disentanglement(
    rep: Representation,
    rng: np.random.Generator,
    *,
    share: Share = 0.1,
    z: PosteriorPoint = "samples",
    target: Targets = "natural",
    degree: Degree = 4,
    group: Sequence[str] = (),
) -> Score:
    """Best disentanglement: for each factor, the widest R^2 lead it has in a latent that predicts it most.

    Each latent alone predicts each factor by least squares on its powers up to `degree`. A latent's lead is its
    largest R^2 minus its second; a factor's score is the largest lead among the latents whose largest R^2 is for it.

    Args:
        rep: at least 100 rows, two varying factors.
        rng: draws rows and posterior samples.
        share: part of the rows used (at least 100 rows); 0.1 in the thesis.
        z: `samples` of the posterior as in the thesis (its means where the log-variances are unknown), or `means`.
        target: `natural` predicts sine and cosine of a circular factor and indicators of a categorical one together;
            `value` predicts the plain number, as the thesis does.
        degree: highest power of the polynomial.
        group: score these factors only, by the latents whose summed R^2 for them exceeds that for the rest; the lead
            stays that over all factors.

    Returns:
        value: mean over the factors that have a latent, in [0, 1]; parts: one score per such factor and "found", the
        share of factors that have one; arrays: "r2" [D, K], "latent" [K] (-1 for none), "kept" [D]. None where no
        factor has a latent; the thesis prints 0.

    Notes:
        Read "found" beside the value: a code that separates one factor and has no information about the others has a
        high value and a low share. Factors with a single level are left out.

    Source: Tartu thesis, Sec. 3.2.3.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(best_disentanglement(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.0]
    """
    require_rows(rep, PROPERTIES.rows, "best_disentanglement")
    scored, which = sampled_codes(rep, rng, share, z)
    require_factors(varying(scored), 2, "best_disentanglement")
    scored = with_factors(scored, varying(scored))
    columns = columns_of(group, rep, scored.space)
    r2 = polynomial_r2(scored, degree, target)
    kept = devoted(r2, columns) if group else np.ones(len(r2), dtype=bool)
    best, latent = best_leads(np.where(kept[:, None], r2, 0.0))
    predicted = [k for k in columns if latent[k] >= 0]
    arrays = {"r2": r2, "latent": latent, "kept": kept}
    variant = f"polynomial of degree {degree}, {target} targets, {which}"
    if not predicted:
        return Score(None, arrays=arrays, variant=variant, reason="no latent predicts one of these factors most")
    parts = {scored.space.names[k]: float(best[k]) for k in predicted} | {"found": len(predicted) / len(columns)}
    return Score(float(np.mean([best[k] for k in predicted])), parts, arrays, variant)


def best_leads(r2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest lead of each factor [K] and the latent that has it [K]; NaN and -1 where no latent predicts it most."""
    first, second = top_two(r2.T)
    lead, top = first - second, np.where(first > 0, r2.argmax(axis=1), -1)
    best, latent = np.full(r2.shape[1], np.nan), np.full(r2.shape[1], -1)
    for k in np.unique(top[top >= 0]):
        latent[k] = max(np.flatnonzero(top == k), key=lead.__getitem__)
        best[k] = lead[latent[k]]
    return best, latent
