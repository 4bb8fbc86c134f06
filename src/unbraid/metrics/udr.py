"""Unsupervised disentanglement ranking."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np

from unbraid.core import require, require_choice
from unbraid.core.values import NonNegative
from unbraid.metrics._correlation import correlation as pearson
from unbraid.metrics._correlation import ranks
from unbraid.metrics._divergence import divergence
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._scaling import near_one

__all__ = ["udr"]

PROPERTIES = Properties(
    source="Duan et al. (2020), Unsupervised Model Selection, Sec. 4; arXiv:1905.12614",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="left out",
    duplicate="takes the relations of both copies towards one half",
    tiny="counts like any other: latents are standardised",
    discrete="works",
    blind_to="the factors: models may agree on latents that no factor names",
    tolerance=1e-3,
    factors=0,
    needs=("several",),
)
Relation = Literal["lasso", "spearman"]  # how one latent predicts another


def udr(
    reps: Sequence[Representation],
    *,
    correlation: Relation = "lasso",
    alpha: NonNegative = 0.1,
    threshold: float = 0.01,
) -> Score:
    """Unsupervised disentanglement ranking: how far each model's latents agree one to one with other models'.

    For two models, C_ab says how latent a of the one predicts latent b of the other: |Lasso coefficients| or |rank
    correlations|. Their agreement is the mean over columns of max^2 / sum, averaged with the same over rows. A
    model's score is the median of its agreement with the others. No factors are needed.

    Args:
        reps: at least two representations of the same rows, in the same order, with equally many latents.
        correlation: `lasso` or `spearman`.
        alpha: penalty of the Lasso, on standardised latents.
        threshold: latents with a mean KL (in nats, from the logvar) at or below this are left out; without logvar
            only constant ones are.

    Returns:
        value: mean over models, in [0, 1]; parts: the score of each model ("model 0", …); arrays: "pairwise" [M, M]
        (row i explains column j), "score" [M]. None when a model has no latent left.

    Notes:
        disentanglement_lib zeroes latents at 0.01 nats whatever its threshold; here the two are one number.

    Source: Duan et al. (2020), Sec. 4; arXiv:1905.12614.

    Example:
        >>> from unbraid.stress import stressed
        >>> first, second, turned = stressed("rotation", 0), stressed("rotation", 0, seed=1), stressed("rotation", 45)
        >>> [round(udr([first, other]).value, 1) for other in (second, turned)]
        [0.9, 0.3]
    """
    require_choice(correlation, Relation, "udr.correlation")
    require(len(reps) >= 2, "udr needs at least 2 representations", len(reps))
    shapes = {rep.code.shape for rep in reps}
    require(len(shapes) == 1, "udr needs representations of equal shape", sorted(shapes), "encode the same rows")
    require(len(reps[0]) >= PROPERTIES.rows, f"udr needs at least {PROPERTIES.rows} rows", len(reps[0]))
    informative = [_informative(rep, threshold) for rep in reps]
    variant = f"{correlation}, KL over {threshold:g}" + (f", alpha {alpha:g}" if correlation == "lasso" else "")
    if not all(mask.any() for mask in informative):
        return Score(None, variant=variant, reason="a model has no informative latent")
    pairwise = agreements([rep.code for rep in reps], informative, correlation, alpha)
    others = ~np.eye(len(reps), dtype=bool)
    scores = np.array([np.median(pairwise[others[:, j], j]) for j in range(len(reps))])
    parts = {f"model {j}": float(score) for j, score in enumerate(scores)}
    return Score(float(scores.mean()), parts, {"pairwise": pairwise, "score": scores}, variant)


def _informative(rep: Representation, threshold: float) -> np.ndarray:
    """Mask [D] of the latents whose mean KL to the standard normal exceeds `threshold` nats."""
    varies: np.ndarray = np.ptp(rep.code, axis=0) > 0
    if rep.logvar is None:
        return varies
    informative: np.ndarray = varies & (divergence(rep.code, rep.logvar).mean(axis=0) > threshold)
    return informative


def agreements(
    codes: Sequence[np.ndarray], informative: Sequence[np.ndarray], kind: Relation, alpha: float
) -> np.ndarray:
    """Agreement [M, M] of every two models' informative latents; the diagonal is 0."""
    table = np.zeros((len(codes), len(codes)))
    for i, j in zip(*np.nonzero(~np.eye(len(codes), dtype=bool)), strict=True):
        relations = related(codes[i], codes[j], informative[i], informative[j], kind, alpha)
        table[i, j] = agreement(relations[np.ix_(informative[i], informative[j])])
    return table


def related(
    first: np.ndarray,
    second: np.ndarray,
    first_informative: np.ndarray,
    second_informative: np.ndarray,
    kind: Relation,
    alpha: float,
) -> np.ndarray:
    """How much each latent of the first model tells about each of the second: [D, D]; uninformative ones tell 0."""
    first, second = _standardised(first, first_informative), _standardised(second, second_informative)
    if kind == "spearman":
        correlations: np.ndarray = np.abs(pearson(ranks(first), ranks(second)))
        return correlations
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # constant targets have nothing to converge to
        fitted = Lasso(alpha=alpha).fit(first, second)
    coefficients: np.ndarray = np.abs(np.atleast_2d(fitted.coef_)).T
    return coefficients


def _standardised(code: np.ndarray, informative: np.ndarray) -> np.ndarray:
    """Informative columns with mean 0 and variance 1; the others 0."""
    centred = near_one(code.astype(np.float64) - code.mean(axis=0, dtype=np.float64))
    deviation = np.where(informative, centred.std(axis=0), 1.0)
    return np.where(informative, centred / np.where(deviation > 0, deviation, 1.0), 0.0)


def agreement(relations: np.ndarray) -> float:
    """Mean over columns of max^2 / sum and the same over rows, averaged; a column of zeros counts 0."""
    sides = []
    for axis in (0, 1):
        total = relations.sum(axis=axis)
        sides.append(np.mean(relations.max(axis=axis) ** 2 / np.where(total > 0, total, 1.0)))
    return float(np.mean(sides))
