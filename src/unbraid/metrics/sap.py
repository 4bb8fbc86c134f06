"""Separated attribute predictability."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.core.values import Natural, NaturalBins
from unbraid.metrics._bins import bin_numbers
from unbraid.metrics._correlation import correlation
from unbraid.metrics._factors import levels_of_both, varying, with_factors
from unbraid.metrics._information import top_two
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_latents, require_rows
from unbraid.metrics._split import train_test

__all__ = ["sap"]

PROPERTIES = Properties(
    source="Kumar et al. (2018), Variational Inference of Disentangled Latent Concepts, Sec. 3; arXiv:1711.00848",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="with SVMs it predicts one level, an accuracy of one over the number of levels; with correlations it is 0",
    duplicate="takes the gap of its factor to 0",
    tiny="with SVMs it loses accuracy, for they are regularised; with correlations nothing changes",
    discrete="works",
    blind_to="why it moves: noise and dependent factors lower it as a second latent does, and heavy tails raise it",
    invariant=("permutation", "sign", "idle"),
    tolerance=0.02,
    top=0.15,
    bottom=0.1,
    latents=2,
    permuted="factors",
    by_factor=True,
    renamed=0.001,
)
Probe = Literal["auto", "svm", "correlation"]


def sap(
    rep: Representation,
    rng: np.random.Generator,
    *,
    probe: Probe = "auto",
    dual: bool = False,
    bins: NaturalBins = 0,
    test: Representation | None = None,
    train_rows: Natural = 10_000,
    test_rows: Natural = 5_000,
) -> Score:
    """Separated attribute predictability: how much better one latent predicts each factor than any other latent.

    The score of a latent for a factor is the test accuracy of a linear SVM on that latent alone, or the squared
    Pearson correlation; the value is the mean over factors of the best score minus the second best.

    Args:
        rep: at least 100 rows, two latents.
        rng: draws the split, and orders the rows of the dual solver.
        probe: `svm` for levels, `correlation` for numbers; `auto` takes correlations where a factor is continuous.
        dual: the dual solver, the default of scikit-learn releases before 1.5; equal to 1e-3.
        bins: cut codes and factors into this many equal widths before the SVMs (0: not), as the
            disentangling-correlated-factors library does with 20.
        test: rows to test on; without, `rep` is split at random.
        train_rows: rows to fit on at most.
        test_rows: rows to test on at most.

    Returns:
        value in [0, 1]; parts: one gap per factor; arrays: "score" [D, K].

    Notes:
        With SVMs even a perfect code stays well below 1 (about 0.4): a linear classifier on one number cannot single
        out the middle levels of an ordered factor. Chance is not subtracted. The SVM variant depends on the scale of
        the latents. Factors with a single level are left out.

    Source: Kumar et al. (2018), Sec. 3; SVM settings (C = 0.01, balanced classes) as in Locatello et al. (2019).

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> [round(sap(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [0.2, 0.0]
    """
    require_choice(probe, Probe, "sap.probe")
    require(bins == 0 or bins >= 2, "sap.bins must be 0 or at least 2", bins)
    require_rows(rep, PROPERTIES.rows, "sap")
    require_latents(rep, 2, "sap")
    train, held = train_test(rep, rng, test, train_rows, test_rows)
    require_factors(varying(train), 1, "sap")
    mask = varying(train)
    train, held = with_factors(train, mask), with_factors(held, mask)
    by_svm = np.array([probe == "svm" or (probe == "auto" and factor.size > 0) for factor in train.space.factors])
    scores = np.square(correlation(train.code, train.factors))
    if by_svm.any():
        code, wanted = _numbers(train, bins, held)
        for k in np.flatnonzero(by_svm):
            seed = int(rng.integers(2**31))
            scores[:, k] = [_accuracy(code[:, j], wanted[:, k], len(train), dual, seed) for j in range(rep.latents)]
    best, second = top_two(scores)
    gaps = best - second
    parts = {name: float(gap) for name, gap in zip(train.space.names, gaps, strict=True)}
    return Score(float(gaps.mean()), parts, {"score": scores}, _variant(by_svm, dual, bins))


def _numbers(train: Representation, bins: int, held: Representation) -> tuple[np.ndarray, np.ndarray]:
    """Codes [N, D] and factor levels [N, K] of all rows, `train` first; binned when `bins` is given."""
    code = np.concatenate([train.code, held.code])
    if bins:  # numbered from 1, for the SVM's intercept is penalised and feels the offset
        return bin_numbers(code, bins) + 1, np.concatenate(levels_of_both(train, held, bins, bins))
    return code, np.concatenate(levels_of_both(train, held, bins=20))


def _accuracy(code: np.ndarray, level: np.ndarray, train_rows: int, dual: bool, seed: int) -> float:
    """Accuracy of a linear SVM on one latent [N], fitted on the first rows and tested on the others."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    solver = {"dual": True, "random_state": seed} if dual else {"dual": "auto"}
    train, test = slice(None, train_rows), slice(train_rows, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the dual solver stops at 1,000 steps, as it always did
        fitted = LinearSVC(C=0.01, class_weight="balanced", **solver).fit(code[train, None], level[train])
    return float(np.mean(fitted.predict(code[test, None]) == level[test]))


def _variant(by_svm: np.ndarray, dual: bool, bins: int) -> str:
    probes = {"linear SVM"} if by_svm.all() else {"squared correlation"} | ({"linear SVM"} if by_svm.any() else set())
    extras = (["dual solver"] if dual else []) + ([f"{bins} bins"] if bins else [])
    return ", ".join([*sorted(probes), *extras])
