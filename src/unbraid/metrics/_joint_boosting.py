"""Gradient boosting of all factors at once, in few steps that grow."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from unbraid.metrics._boosting import RATE, STAGES, Boosted, Loss
from unbraid.metrics._exact_trees import DEPTH
from unbraid.metrics._joint_trees import Ranked

LEAVES = 2**DEPTH
FLAT = 1e-12  # curvature of a leaf whose rows are all certain


def steps(stages: int) -> np.ndarray:
    """How many of scikit-learn's 100 stages each of fewer stages stands for: they grow geometrically, from 1."""
    if stages >= STAGES:
        return np.ones(STAGES)
    growth = brentq(lambda ratio: np.sum(ratio ** np.arange(stages)) - STAGES, 1.0, STAGES)
    long: np.ndarray = growth ** np.arange(stages)
    return long


def boost_together(
    code: np.ndarray, losses: Sequence[Loss], test_code: np.ndarray, rng: np.random.Generator, stages: int
) -> list[Boosted]:
    """As `boost`, for the losses of all factors, from codes [N, D], also run on `test_code` [M, D].

    A stage that stands for m of scikit-learn's takes the mean of two answers to what these would have done. Did every
    one grow the same tree again, each would leave 1 - rate of what the last left: together they step by
    1 - (1 - rate)^m, and their gains, which fall by its square, sum to a geometric series. Did every one find as much
    anew: m times the rate, and m times the gain. With as many stages as scikit-learn's, both are what it does.
    """
    rows, columns = Ranked(code), np.ascontiguousarray(test_code.T, dtype=np.float32)
    ends = np.cumsum([0, *(loss.target.shape[1] for loss in losses)])
    parts = [slice(*pair) for pair in itertools.pairwise(ends)]
    target = np.concatenate([loss.target.T for loss in losses])  # [outputs, N]
    newton = np.repeat([loss.newton for loss in losses], np.diff(ends))
    start = np.concatenate([loss.start for loss in losses])[:, None]
    train, test = (np.repeat(start, len(part), axis=1) for part in (code, test_code))
    importance = np.zeros((code.shape[1], len(target)))
    for m in steps(stages):
        mean = np.concatenate([loss.mean(train[part].T).T for loss, part in zip(losses, parts, strict=True)])
        residual = target - mean
        trees = rows.grown(residual.astype(np.float32), rng)
        rate = (RATE * m + 1 - (1 - RATE) ** m) / 2
        values = rate * _leaf_values(trees.leaf, residual, mean, newton)
        train += np.take_along_axis(values, trees.leaf.astype(np.intp), axis=1)
        test += np.take_along_axis(values, trees.leaf_of(columns).astype(np.intp), axis=1)
        left = (1 - RATE) ** 2
        importance += trees.importance * (m + (1 - left**m) / (1 - left)) / 2
    shares = [importance[:, part].sum(axis=1) for part in parts]
    return [
        Boosted(share / share.sum() if share.any() else share, train[part].T, test[part].T)
        for share, part in zip(shares, parts, strict=True)
    ]


def _leaf_values(leaf: np.ndarray, residual: np.ndarray, mean: np.ndarray, newton: np.ndarray) -> np.ndarray:
    """What each leaf adds to the prediction [outputs, 8]: the mean residual, or a Newton step of the cross-entropy."""
    outputs = len(leaf)
    place = (leaf + LEAVES * np.arange(outputs)[:, None]).ravel()

    def summed(weights: np.ndarray | None = None) -> np.ndarray:
        weights = None if weights is None else weights.ravel()
        return np.bincount(place, weights, minlength=LEAVES * outputs).reshape(outputs, LEAVES)

    curvature = np.where(newton[:, None] > 0, summed(mean * (1 - mean)), summed())
    flat = curvature < FLAT
    factor = np.where(newton > 0, newton, 1.0)[:, None]
    return np.where(flat, 0.0, factor * summed(residual) / np.where(flat, 1.0, curvature))
