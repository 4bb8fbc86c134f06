"""Explicitness: how well a logistic regression on all latents tells each factor's levels apart."""

from __future__ import annotations

import warnings
from itertools import compress

import numpy as np

from unbraid.core import require
from unbraid.core.values import Natural, Repeats
from unbraid.metrics._bins import CONTINUOUS_BINS
from unbraid.metrics._factors import levels_of_both
from unbraid.metrics._properties import Properties
from unbraid.metrics._representation import Representation, Score
from unbraid.metrics._requirements import require_factors, require_rows
from unbraid.metrics._scaling import near_one
from unbraid.metrics._split import train_test

__all__ = ["explicitness"]

PROPERTIES = Properties(
    source="Ridgeway and Mozer (2018), Learning Deep Disentangled Embeddings with the F-Statistic Loss, Sec. 2; "
    "arXiv:1802.05312",
    range=(0.0, 1.0),
    higher_is_better=True,
    rows=150,
    tolerance=0.02,
    top=0.85,
    bottom=0.65,
    dead="changes nothing",
    duplicate="changes next to nothing: the two share one weight",
    tiny="counts like any other: latents are standardised",
    discrete="read as numbers",
    blind_to="how factors lie among the latents: a rotation that blends all of them scores as high",
    permuted="factors",
    by_factor=True,
    renamed=0.001,
)


def explicitness(
    rep: Representation,
    rng: np.random.Generator,
    *,
    test: Representation | None = None,
    train_rows: Natural = 10_000,
    test_rows: Natural = 5_000,
    iterations: Repeats = 100,
) -> Score:
    r"""Explicitness: how well a logistic regression on all latents tells each factor's levels apart, as ROC area.

    A multinomial logistic regression (C = 1) of each factor on the standardised latents is fitted on train rows. Its
    probabilities are scored on test rows by the area under the ROC curve of each level against the rest, averaged
    over levels, then over factors.

    Args:
        rep: codes [N, D] with N >= 150, and factors [N, K].
        rng: splits the rows; not used with `test`.
        test: rows to test on; all of `rep` is then fitted.
        train_rows: largest number of rows fitted.
        test_rows: largest number of other rows tested.
        iterations: largest number of solver steps.

    Returns:
        value in [0, 1], 0.5 by chance, higher is better; parts: "train" and one test value per factor.

    Raises:
        UsageError: too few rows, no factor that varies.

    Notes:
        Areas are not rescaled from [0.5, 1]. Levels that are missing from either split are left out. Continuous
        factors are cut into 20 equal-width bins.

    Source: Ridgeway and Mozer (2018), Sec. 2, as in Locatello et al. (2019).

    Example:
        >>> import numpy as np
        >>> from unbraid.stress import stressed
        >>> codes = [stressed("noise", deviation) for deviation in (0.1, 1.0)]
        >>> [round(explicitness(rep, np.random.default_rng(0)).value, 1) for rep in codes]
        [1.0, 0.7]
    """
    if test is None:
        require_rows(rep, PROPERTIES.rows, "explicitness")
    train, test = train_test(rep, rng, test, train_rows, test_rows)
    count = len(train)
    code = np.concatenate([train.code, test.code]).astype(np.float64)
    levels = np.concatenate(levels_of_both(train, test, CONTINUOUS_BINS))
    varying = np.ptp(levels[:count], axis=0) > 0
    require_factors(varying, 1, "explicitness")
    code = _standardised(code, count)
    areas = np.array([_areas(code, levels[:, k], count, iterations) for k in np.flatnonzero(varying)])
    parts = {
        "train": float(areas[:, 0].mean()),
        **dict(zip(compress(rep.space.names, varying), areas[:, 1].tolist(), strict=True)),
    }
    variant = f"logistic regression C=1, {count} + {len(test)} rows, scikit-learn {_version()}"
    return Score(float(areas[:, 1].mean()), parts, {}, variant)


def _standardised(code: np.ndarray, count: int) -> np.ndarray:
    """Codes by the mean and deviation of the first `count` rows; a constant latent becomes 0 and is not read."""
    code = near_one(code - code[:count].mean(axis=0))
    deviation = code[:count].std(axis=0)
    varying = np.ptp(code[:count], axis=0) > 0
    return np.where(varying, code / np.where(varying, deviation, 1.0), 0.0)


def _areas(code: np.ndarray, labels: np.ndarray, count: int, iterations: int) -> tuple[float, float]:
    """Mean ROC area over levels, on train and on test rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the area is settled long before the loss
        model = LogisticRegression(max_iter=iterations).fit(code[:count], labels[:count])
    share = model.predict_proba(code)
    require(len(code) > count, "explicitness needs test rows", 0)
    train, test = (_roc_area(share[rows], labels[rows], model.classes_) for rows in (slice(count), slice(count, None)))
    return train, test


def _roc_area(share: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> float:
    """Mean over classes of the area under the ROC curve of one against the rest, by the ranks of its probabilities."""
    from scipy.stats import rankdata

    ranks = rankdata(share, axis=0)  # [N, V]
    of_class = labels[:, None] == classes
    inside = of_class.sum(axis=0)
    outside = len(labels) - inside
    kept = (inside > 0) & (outside > 0)
    require(kept.any(), "explicitness needs test rows of more than one level of every factor", "one level")
    area = ((ranks * of_class).sum(axis=0) - inside * (inside + 1) / 2)[kept] / (inside * outside)[kept]
    return float(area.mean())


def _version() -> str:
    import sklearn

    return str(sklearn.__version__)
