"""DCI of the Tartu thesis, joint model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unbraid.core.values import Share
from unbraid.metrics._factors import Targets, columns_of, targets, varying, with_factors
from unbraid.metrics._importance import importance_score
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_latents, require_rows
from unbraid.metrics._sampled import DRAWN_SHARE, PosteriorPoint, sampled_codes
from unbraid.metrics._trees import boosted, run_all

__all__ = ["dci_joint"]

PROPERTIES = Properties(
    source="Tartu thesis on multi-layer beta-VAEs, Sec. 3.2.1, joint model",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="weighs nothing in disentanglement; raises completeness a little, whose base counts it",
    duplicate="none for disentanglement; completeness falls, by how much depends on ties in the trees",
    tiny="none: trees see only the order of values",
    discrete="works",
    blind_to="why it is low: noise and lost factors lower it as blends do; its disentanglement does not see copies",
    tolerance=0.1,
    top=0.9,
    bottom=0.4,
    latents=2,
    factors=2,
    permuted="factors",
    reads="order",
    renamed=0.002,
    widened=DRAWN_SHARE,
)


def dci_joint(
    rep: Representation,
    rng: np.random.Generator,
    *,
    share: Share = 0.1,
    z: PosteriorPoint = "samples",
    target: Targets = "natural",
    group: Sequence[str] = (),
    parallel: bool = True,
) -> Score:
    """DCI with one boosted regression per factor on all latents together, of sampled codes (Tartu thesis).

    The importances of gradient-boosted regression trees make a matrix R (latents x factors); disentanglement and
    completeness follow from it as in `dci`. Each factor is a number, not a class, so there is one regressor for
    each however many levels it has.

    Args:
        rep: at least 100 rows, two latents, two varying factors.
        rng: draws rows, posterior samples and ties.
        share: part of the rows used (at least 100 rows); 0.1 in the thesis.
        z: `samples` of the posterior as in the thesis (its means where the log-variances are unknown), or `means`.
        target: `natural` predicts sine and cosine of a circular factor and indicators of a categorical one, and
            averages their importances; `value` predicts the plain number, as the thesis does.
        group: score these factors only, by the latents whose summed importance for them exceeds that for the rest.
        parallel: fit the factors in several processes when there is much to do.

    Returns:
        value: disentanglement in [0, 1]; parts: disentanglement, completeness, informativeness_train (mean R^2 on
        the rows fitted); arrays: "importance" [D, K], "kept" [D], "disentanglement", "completeness". None where no
        latent is kept for `group`; the thesis prints 0 there.

    Notes:
        Boosting gives idle latents a small importance, more with few rows: codes of noise score above 0. The entropy
        of `group` is taken over its factors and the kept latents. Factors with a single level are left out.

    Source: Tartu thesis, Sec. 3.2.1.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(dci_joint(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.5]
    """
    require_rows(rep, PROPERTIES.rows, "dci_joint")
    require_latents(rep, 2, "dci_joint")
    scored, which = sampled_codes(rep, rng, share, z)
    require_factors(varying(scored), 2, "dci_joint")
    scored = with_factors(scored, varying(scored))
    columns = columns_of(group, rep, scored.space) if group else []
    seeds = rng.integers(2**31, size=len(scored.space))
    tasks = [(scored.code, targets(scored, k, target), int(seeds[k])) for k in range(len(scored.space))]
    work = [scored.code.size / 10 * task[1].shape[1] for task in tasks]
    fits = run_all(_regression, tasks, work, parallel)
    importance = np.stack([fit[0] for fit in fits], axis=1)
    parts = {"informativeness_train": float(np.mean([fit[1] for fit in fits]))}
    return importance_score(importance, f"boosted regression, {target} targets, {which}", parts, columns)


def _regression(code: np.ndarray, wanted: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """Importance [D] and R^2 of one factor, the mean over its target columns [N, M]."""
    fits = [boosted(code, column, code, column, False, seed) for column in wanted.T]
    return np.abs(np.mean([fit[0] for fit in fits], axis=0)), float(np.mean([fit[1] for fit in fits]))
