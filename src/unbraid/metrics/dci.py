"""Disentanglement, completeness, informativeness."""

from __future__ import annotations

import functools

import numpy as np

from unbraid.core import require
from unbraid.core.values import Natural, Repeats
from unbraid.metrics._boosting import STAGES
from unbraid.metrics._factors import varying, with_factors
from unbraid.metrics._importance import importance_score
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_latents, require_rows
from unbraid.metrics._split import train_test
from unbraid.metrics._trees import boosted, fit_factors

__all__ = ["dci"]

LEAST_STAGES = 10  # at which a step goes all the way to the mean of a leaf

PROPERTIES = Properties(
    source="Eastwood and Williams (2018), A Framework for the Quantitative Evaluation of Disentangled Representations",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="weighs nothing in disentanglement; raises completeness a little, whose base counts it",
    duplicate="none for disentanglement; completeness falls, by how much depends on ties in the trees",
    tiny="none: trees see only the order of values",
    discrete="works",
    blind_to="why it is low: noise and lost factors lower it as blends do; its disentanglement does not see copies",
    tolerance=0.03,
    top=0.95,
    bottom=0.2,
    latents=2,
    factors=2,
    permuted="factors",
    renamed=0.02,
)


def dci(
    rep: Representation,
    rng: np.random.Generator,
    *,
    parallel: bool = True,
    stages: Repeats = STAGES,
    test: Representation | None = None,
    train_rows: Natural = 10_000,
    test_rows: Natural = 5_000,
) -> Score:
    """DCI: whether each latent serves one factor and each factor one latent, by gradient-boosted trees.

    Trees predict each factor from all latents; their feature importances make a matrix R (latents x factors).
    Disentanglement is the mean over latents, weighted by importance, of 1 - the entropy of a row in base K;
    completeness the same for columns in base D; informativeness the accuracy of the predictions.

    Args:
        rep: at least 100 rows, two latents, two varying factors.
        rng: draws the split and breaks ties between equally good trees.
        parallel: fit the factors in several processes when there is much to do.
        stages: of boosting, 100 as in scikit-learn. Fewer take longer steps: over ten codes of 1,500 rows
            (`benchmarks.dci`), 50 give the scores of 100 within 0.006 in half of the time, 20 within 0.023 in a
            quarter; with 200 rows, 50 were off by 0.03.
        test: rows to test on; without, `rep` is split at random.
        train_rows: rows to fit on at most; 10,000 with 113 levels in all take a minute, see `dci_fast`.
        test_rows: rows to test on at most.

    Returns:
        value: disentanglement in [0, 1]; parts: disentanglement, completeness, informativeness_train,
        informativeness_test; arrays: "importance" [D, K], "disentanglement" [D], "completeness" [K].

    Notes:
        Informativeness is accuracy as in disentanglement_lib, where the paper has an error; for continuous factors
        it is the R^2 of boosted regression. The trees are scikit-learn's, grown from latents that are sorted once, in a
        fifth of its time; where two splits are equally good, either is taken. Factors with a single level are left out.

    Source: Eastwood and Williams (2018); trees and aggregation as in Locatello et al. (2019), arXiv:1811.12359.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> rep = stressed("cardinality", 2)
        >>> dci(rep, np.random.default_rng(0), train_rows=200, test_rows=100).value > 0.9
        True
    """
    require_rows(rep, PROPERTIES.rows, "dci")
    require_latents(rep, 2, "dci")
    require(stages >= LEAST_STAGES, f"dci.stages must be at least {LEAST_STAGES}, or steps go too far", stages)
    train, held = train_test(rep, rng, test, train_rows, test_rows)
    require_factors(varying(train), 2, "dci")
    mask = varying(train)
    train, held = with_factors(train, mask), with_factors(held, mask)
    seeds = [int(seed) for seed in rng.integers(2**31, size=len(train.space))]
    one = functools.partial(boosted, stages=stages)
    importance, informativeness = fit_factors(one, train, held, seeds, parallel)
    return importance_score(importance, f"gradient boosting, {stages} trees of depth 3", informativeness)
