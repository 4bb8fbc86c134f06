"""Gradient boosting from codes to factors: importances and accuracies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from unbraid.metrics._factors import with_factors
from unbraid.metrics._representation import Representation

Fit = tuple[np.ndarray, float, float]  # importance [D], train score, test score
WORTH_PROCESSES = 200_000  # rows x classes from which starting worker processes pays


def fit_factors(
    one: Callable[..., Fit], train: Representation, test: Representation, seeds: Sequence[int], parallel: bool = True
) -> tuple[np.ndarray, dict[str, float]]:
    """Importance [D, K], and the mean train and test informativeness; factors are fitted in parallel processes.

    Every factor must vary in `train`. `one(code, wanted, test_code, test_wanted, discrete, seed)` fits one factor.
    """
    tasks = [
        (train.code, train.factors[:, k], test.code, test.factors[:, k], factor.size > 0, seeds[k])
        for k, factor in enumerate(train.space.factors)
    ]
    fits = _run(one, tasks, parallel)
    importance = np.abs(np.stack([fit[0] for fit in fits], axis=1))
    informativeness = {
        "informativeness_train": float(np.mean([fit[1] for fit in fits])),
        "informativeness_test": float(np.mean([fit[2] for fit in fits])),
    }
    return importance, informativeness


def _run(one: Callable[..., Fit], tasks: list[tuple[Any, ...]], parallel: bool) -> list[Fit]:
    """The fits in the order of `tasks`, the longest ones started first."""
    work = [len(task[0]) * (len(np.unique(task[1])) if task[4] else 1) for task in tasks]
    if not parallel or len(tasks) < 2 or sum(work) < WORTH_PROCESSES:
        return [one(*task) for task in tasks]
    from joblib import Parallel, delayed

    order = np.argsort(work)[::-1]
    fits = Parallel(n_jobs=min(len(tasks), _processors()))(delayed(one)(*tasks[k]) for k in order)
    return [fits[place] for place in np.argsort(order)]


def _processors() -> int:
    from joblib import cpu_count

    return cpu_count()


def boosted(
    code: np.ndarray, wanted: np.ndarray, test_code: np.ndarray, test_wanted: np.ndarray, discrete: bool, seed: int
) -> Fit:
    """scikit-learn's gradient boosting with its defaults (100 trees per class, depth 3, rate 0.1)."""
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

    kind = GradientBoostingClassifier if discrete else GradientBoostingRegressor
    fitted = kind(random_state=seed).fit(code, wanted)
    return fitted.feature_importances_, fitted.score(code, wanted), fitted.score(test_code, test_wanted)


def drop_constant(train: Representation, test: Representation) -> tuple[Representation, Representation]:
    """Both parts without the factors that take one value in the rows for fitting."""
    mask = np.ptp(train.factors, axis=0) > 0
    return with_factors(train, mask), with_factors(test, mask)
