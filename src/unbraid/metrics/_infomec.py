"""The parts of InfoM, InfoC and InfoE: normalised information, latents in use, and the loss of a linear classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from unbraid.core import require
from unbraid.metrics._bins import CONTINUOUS_BINS, varying_levels
from unbraid.metrics._information import entropies, information_table
from unbraid.metrics._neighbours import neighbour_information
from unbraid.metrics._representation import Representation
from unbraid.metrics._requirements import require_rows
from unbraid.metrics._scaling import near_one
from unbraid.metrics._split import some_rows

ROWS = 100
IN_USE = 1 / 20  # of the largest range among latents: below, a latent counts as pruned


@dataclass(frozen=True)
class Coded:
    """Rows to score: codes [N, D], levels [N, K] of the factors that vary, their names, and what the rows are."""

    code: np.ndarray
    levels: np.ndarray
    factors: tuple[str, ...]
    discrete: bool
    variant: str


def coded(rep: Representation, rng: np.random.Generator, metric: str, discrete: bool, rows: int, factors: int) -> Coded:
    """At most `rows` random rows (0: all), discrete codes renumbered 0, 1, … in their order."""
    require(rows >= 0, f"{metric}: rows must not be negative", rows)
    require_rows(rep, ROWS, metric)
    rep = some_rows(rep, rng, rows or len(rep))
    levels, names = varying_levels(rep, metric, CONTINUOUS_BINS, factors=factors)
    code = _numbered(rep.code, metric) if discrete else rep.code
    variant = f"{'discrete' if discrete else 'continuous'} latents, {len(rep)} rows"
    return Coded(code, _numbered(levels, metric), names, discrete, variant)


def normalised_information(of: Coded, rng: np.random.Generator, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
    """Information [D, K] over the entropy of each factor, and which latents are in use [D]."""
    reach = np.ptp(of.code.astype(np.float64), axis=0)
    if of.discrete:
        table = information_table(of.code, of.levels)
        return table / entropies(of.levels), reach > 0
    table = neighbour_information(of.code, of.levels, rng, neighbours)
    return table / entropies(of.levels), reach > IN_USE * reach.max()


def linear_loss(of: Coded, k: int, iterations: int) -> float:
    """Mean loss over rows, in nats, of a linear classifier of factor k, fitted with equal weight on every level.

    Unpenalised multinomial logistic regression by L-BFGS from zero, in single precision: the problem and steps of
    scikit-learn's `LogisticRegression(C=inf, class_weight="balanced")`, in a fraction of its time.
    """
    from scipy.optimize import minimize

    inputs, labels = _inputs(of), of.levels[:, k]
    sizes = np.bincount(labels)
    weight = (1.0 / (sizes[labels] * len(sizes))).astype(np.float32)
    rows = np.arange(len(labels))
    transposed = inputs.T.tocsr() if of.discrete else np.ascontiguousarray(inputs.T)

    def shifted(flat: np.ndarray) -> np.ndarray:
        """Scores [V, N]: levels first, so that reductions run along memory."""
        weights = flat.reshape(-1, len(sizes)).astype(np.float32)
        scores: np.ndarray = np.ascontiguousarray((inputs @ weights).T) if of.discrete else weights.T @ transposed
        scores -= scores.max(axis=0)
        return scores

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        scores = shifted(flat)
        chosen = scores[labels, rows]
        np.exp(scores, out=scores)
        total = scores.sum(axis=0)
        scores *= weight / total
        scores[labels, rows] -= weight
        value = float((weight * (np.log(total) - chosen)).sum(dtype=np.float64))
        return value, np.asarray(transposed @ scores.T, dtype=np.float64).ravel()

    start = np.zeros(inputs.shape[1] * len(sizes))
    options = {"maxiter": iterations, "gtol": 1e-4, "ftol": 64 * np.finfo(float).eps}
    best = shifted(minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x)
    return float((np.log(np.exp(best).sum(axis=0)) - best[labels, rows]).mean(dtype=np.float64))


def _inputs(of: Coded) -> Any:
    """Standardised codes with a column of ones [N, D + 1], or one column per value of each discrete latent (sparse)."""
    rows = len(of.code)
    if of.discrete:
        from scipy.sparse import csr_array

        offset = np.concatenate([[0], np.cumsum(of.code.max(axis=0) + 1)])
        columns = np.concatenate([of.code + offset[:-1], np.full((rows, 1), offset[-1])], axis=1)
        ends = np.arange(rows + 1) * columns.shape[1]
        ones = np.ones(columns.size, dtype=np.float32)
        return csr_array((ones, columns.ravel(), ends), shape=(rows, int(offset[-1]) + 1))
    code = near_one(of.code - of.code.mean(axis=0, dtype=np.float64))
    deviation = code.std(axis=0)
    code /= np.where(deviation > 0, deviation, 1.0)
    return np.concatenate([code, np.ones((rows, 1))], axis=1).astype(np.float32)


def _numbered(values: np.ndarray, metric: str) -> np.ndarray:
    """Values of each column renumbered 0, 1, … in their order [N, D]."""
    numbered = np.stack([np.unique(column, return_inverse=True)[1] for column in values.T], axis=1)
    most = int(numbered.max(initial=0)) + 1
    require(most <= len(values) / 2, f"{metric}: discrete columns need fewer than one value per two rows", most)
    return numbered
