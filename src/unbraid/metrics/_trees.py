"""Gradient boosting from codes to factors: importances and accuracies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from unbraid.metrics._boosting import STAGES, Boosted, Loss, boost, cross_entropy, squared_error
from unbraid.metrics._representation import Representation

Fit = tuple[np.ndarray, float, float]  # importance [D], train score, test score
WORTH_PROCESSES = 200_000  # rows x trees per stage from which starting worker processes pays


def fit_factors(
    one: Callable[..., Fit], train: Representation, test: Representation, seeds: Sequence[int], parallel: bool = True
) -> tuple[np.ndarray, dict[str, float]]:
    """Importance [D, K], and the mean train and test informativeness, of probes that predict each factor.

    Every factor must vary in `train`. `one(code, wanted, test_code, test_wanted, discrete, seed)` fits one factor.
    """
    tasks = [
        (train.code, train.factors[:, k], test.code, test.factors[:, k], factor.size > 0, seeds[k])
        for k, factor in enumerate(train.space.factors)
    ]
    work = [len(train) * (len(np.unique(task[1])) if task[4] else 1) for task in tasks]
    fits = run_all(one, tasks, work, parallel)
    importance = np.abs(np.stack([fit[0] for fit in fits], axis=1))
    informativeness = {
        "informativeness_train": float(np.mean([fit[1] for fit in fits])),
        "informativeness_test": float(np.mean([fit[2] for fit in fits])),
    }
    return importance, informativeness


def run_all(
    one: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], work: Sequence[float], parallel: bool = True
) -> list[Any]:
    """`one(*task)` for each task, in their order; in worker processes, longest first, when the `work` is worth it."""
    if not parallel or len(tasks) < 2 or sum(work) < WORTH_PROCESSES:
        return [one(*task) for task in tasks]
    from joblib import Parallel, cpu_count, delayed

    order = np.argsort(work)[::-1]
    done = Parallel(n_jobs=min(len(tasks), cpu_count()))(delayed(one)(*tasks[k]) for k in order)
    return [done[place] for place in np.argsort(order)]


def boosted(
    code: np.ndarray,
    wanted: np.ndarray,
    test_code: np.ndarray,
    test_wanted: np.ndarray,
    discrete: bool,
    seed: int,
    *,
    stages: int = STAGES,
) -> Fit:
    """Gradient boosting with scikit-learn's defaults (100 trees per class, depth 3, rate 0.1): accuracy, or R^2."""
    loss, classes = loss_of(wanted, discrete)
    fitted = boost(code, loss, test_code, seed, stages)
    return fitted.importance, *accuracies(fitted, classes, wanted, test_wanted)


def loss_of(wanted: np.ndarray, discrete: bool) -> tuple[Loss, np.ndarray | None]:
    """What boosting descends for a factor, and the classes of a discrete one."""
    if not discrete:
        return squared_error(wanted), None
    classes, numbers = np.unique(wanted, return_inverse=True)
    return cross_entropy(numbers), classes


def accuracies(
    fitted: Boosted, classes: np.ndarray | None, wanted: np.ndarray, test_wanted: np.ndarray
) -> tuple[float, float]:
    """Accuracy on both sets of rows, or R^2 where there are no classes."""
    if classes is None:
        return _r2(wanted, fitted.train[:, 0]), _r2(test_wanted, fitted.test[:, 0])
    answers = [
        classes[(raw >= 0).ravel().astype(int) if len(classes) == 2 else raw.argmax(axis=1)]
        for raw in (fitted.train, fitted.test)
    ]
    return float(np.mean(answers[0] == wanted)), float(np.mean(answers[1] == test_wanted))


def _r2(wanted: np.ndarray, predicted: np.ndarray) -> float:
    """Coefficient of determination."""
    from sklearn.metrics import r2_score

    return float(r2_score(wanted, predicted))
