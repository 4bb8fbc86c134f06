"""β-VAE score."""

from __future__ import annotations

import warnings

import numpy as np

from unbraid.core import require
from unbraid.core.values import Count, Natural
from unbraid.metrics._factors import varying, with_factors
from unbraid.metrics._interventions import Interventions, floating, pieces
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows

__all__ = ["beta_vae_score"]

PROPERTIES = Properties(
    source="Higgins et al. (2017), beta-VAE, Sec. 3; as in Locatello et al. (2019), arXiv:1811.12359",
    range=(0, 1),
    higher_is_better=True,
    rows=100,
    dead="none: its difference is always 0",
    duplicate="next to none: two equal features for the classifier",
    tiny="counts less and less: the classifier sees raw differences, and its penalty holds small ones back",
    discrete="works",
    blind_to="partial entanglement: it stays at 1 while latents tell parts of a second factor or blends stand beside",
    invariant=("permutation", "sign", "idle"),
    tolerance=0.02,
    top=0.95,
    bottom=0.6,
    factors=2,
    permuted="codes",
    cost="quick",
)


def beta_vae_score(
    rep: Representation,
    rng: np.random.Generator,
    *,
    batch: Count = 64,
    train_points: Natural = 10_000,
    test_points: Natural = 5_000,
) -> Score:
    """β-VAE score: how well a linear classifier tells which factor two batches share from the latents' differences.

    A point: a factor is drawn; `batch` pairs of rows agree in it and are otherwise independent; the mean absolute
    difference of each latent over the pairs is the feature, the factor the label.

    Args:
        rep: at least 100 rows, two varying factors; continuous factors are cut into 20 equal widths.
        rng: draws factors and rows.
        batch: pairs per point; at 64 even rotated codes score 1, a batch of 4 tells more apart.
        train_points: points the classifier is fitted on.
        test_points: points that are scored.

    Returns:
        value in [0, 1], the test accuracy; chance is one over the number of factors; parts: train_accuracy,
        test_accuracy.

    Notes:
        The classifier is scikit-learn's logistic regression with its default penalty, on features as they are: the
        score changes when latents are rescaled. Factors with a single level are left out.

    Source: Higgins et al. (2017), Sec. 3; details as in Locatello et al. (2019), arXiv:1811.12359.

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("rotation", degrees) for degrees in (0, 45)]
        >>> options = {"train_points": 1_000, "test_points": 1_000}
        >>> [beta_vae_score(rep, np.random.default_rng(0), **options).value > 0.8 for rep in codes]
        [True, False]
    """
    require(batch >= 1, "beta_vae_score.batch must be at least 1", batch)
    require_rows(rep, PROPERTIES.rows, "beta_vae_score")
    require_factors(varying(rep), 2, "beta_vae_score")
    rep = with_factors(rep, varying(rep))
    rows = Interventions.of(rep)
    shared = rng.integers(len(rep.space), size=train_points + test_points)
    points = _points(floating(rep.code), rows, shared, batch, rng)
    train, test = _accuracies(points, shared, train_points)
    parts = {"train_accuracy": train, "test_accuracy": test}
    return Score(test, parts, variant=f"logistic regression, batch {batch}, {train_points} + {test_points} points")


def _points(
    code: np.ndarray, rows: Interventions, shared: np.ndarray, batch: int, rng: np.random.Generator
) -> np.ndarray:
    """Features [points, D] for the factors `shared` [points]."""
    features = np.empty((len(shared), code.shape[1]))
    for k in range(len(rows.sizes)):
        points = np.flatnonzero(shared == k)
        for part in pieces(len(points), batch, code.shape[1]):
            shape = (batch, len(points[part]))
            level = rows.level(k, shape, rng)
            first, second = (code.take(rows.at(k, level, shape, rng), axis=0) for _ in range(2))
            features[points[part]] = mean_difference(first, second)
    return features


def mean_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean absolute difference [points, D] of paired codes [batch, points, D]; `first` is overwritten."""
    first -= second  # in place: allocating the differences would cost most of the time
    mean: np.ndarray = np.abs(first, out=first).mean(axis=0)
    return mean


def _accuracies(points: np.ndarray, shared: np.ndarray, train_points: int) -> tuple[float, float]:
    """Train and test accuracy of a logistic regression from features to factors."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    train, test = slice(None, train_points), slice(train_points, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # separable points: more steps do not change the accuracy
        fitted = LogisticRegression().fit(points[train], shared[train])
    return float(fitted.score(points[train], shared[train])), float(fitted.score(points[test], shared[test]))
