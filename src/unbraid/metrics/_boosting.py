"""Gradient boosting as scikit-learn does it by default, by trees that share the sorted latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, softmax

from unbraid.metrics._exact_trees import DEPTH, Sorted, Tree

STAGES, RATE = 100, 0.1  # scikit-learn's defaults


@dataclass(frozen=True)
class Boosted:
    """What boosting learned: importances [D] that sum to 1, and raw predictions of both sets of rows [N, outputs]."""

    importance: np.ndarray
    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Loss:
    """What the stages descend.

    Args:
        start: raw prediction before the first stage [outputs].
        target: numbers or indicators of classes [N, outputs].
        mean: of the target given raw predictions [N, outputs]; the residual is target - mean.
        newton: factor of a Newton step of the cross-entropy; 0 takes the mean residual, as for squared error.
    """

    start: np.ndarray
    target: np.ndarray
    mean: Callable[[np.ndarray], np.ndarray]
    newton: float


def squared_error(wanted: np.ndarray) -> Loss:
    """Of numbers [N]."""
    target = np.asarray(wanted, dtype=np.float64)[:, None]
    return Loss(target.mean(axis=0), target, lambda raw: raw, 0.0)


def cross_entropy(classes: np.ndarray) -> Loss:
    """Of classes 0 .. C - 1 [N], all of which occur: an output for each class, one for two."""
    share = np.bincount(classes) / len(classes)
    logs = np.log(share)
    if len(share) == 2:
        return Loss(logs[1:] - logs[:1], (classes[:, None] == 1).astype(np.float64), expit, 1.0)
    newton = 1 - 1 / len(share)  # Friedman's (C - 1) / C
    return Loss(logs - logs.mean(), np.eye(len(share))[classes], lambda raw: softmax(raw, axis=1), newton)


def boost(code: np.ndarray, loss: Loss, test_code: np.ndarray, seed: int, stages: int = STAGES) -> Boosted:
    """Stages of one tree for each output, from codes [N, D], also run on `test_code` [M, D].

    Fewer stages take longer steps, so that all together they go as far.

    With 100 stages, predictions are those of scikit-learn's gradient boosting up to rounding, except where two splits
    are equally good: there both draw the latent, and rounding chooses the place.
    """
    rng, rows, columns = np.random.default_rng(seed), Sorted(code), np.ascontiguousarray(test_code.T, dtype=np.float32)
    train, test = (np.tile(loss.start, (count, 1)) for count in (len(code), len(test_code)))
    importance = np.zeros(code.shape[1])
    rate = RATE * STAGES / stages
    for _ in range(stages):
        residuals = np.ascontiguousarray((loss.target - loss.mean(train)).T)
        for k, residual in enumerate(residuals):
            tree = rows.grown(residual, rng)
            values = rate * _leaf_values(tree, residual, loss.target[:, k], loss.newton)
            train[:, k] += values[tree.leaf]
            test[:, k] += values[tree.leaf_of(columns)]
            importance += tree.importance
    return Boosted(importance / importance.sum() if importance.any() else importance, train, test)


def _leaf_values(tree: Tree, residual: np.ndarray, target: np.ndarray, newton: float) -> np.ndarray:
    """What each node adds to the prediction [15]: the mean residual, or a Newton step of the cross-entropy."""
    nodes = 2 ** (DEPTH + 1) - 1
    sums = np.bincount(tree.leaf, residual, minlength=nodes)
    if not newton:
        return sums / np.maximum(np.bincount(tree.leaf, minlength=nodes), 1)
    probability = target - residual
    curvature = np.bincount(tree.leaf, probability * (1 - probability), minlength=nodes)
    flat = curvature < 1e-150  # all certain: nothing to gain, and nothing to divide by
    return np.where(flat, 0.0, newton * sums / np.where(flat, 1.0, curvature))
