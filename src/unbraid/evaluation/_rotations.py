"""Rotations of codes that look at no labels: whitening, varimax, independent components."""

from __future__ import annotations

import warnings

import numpy as np

from unbraid.core.seeds import small

ITERATIONS = 500
TOLERANCE = 1e-9


def whitened(code: np.ndarray) -> np.ndarray:
    """Codes [N, D] as their principal components with unit variance; directions without variance are left out."""
    centred = np.asarray(code, dtype=np.float64) - code.mean(axis=0, dtype=np.float64)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    kept = s > s[0] * 1e-6
    return u[:, kept] * np.sqrt(len(code))


def varimax(code: np.ndarray) -> np.ndarray:
    """Codes [N, D] after the rotation that makes the variance of their squares largest, summed over columns.

    With L = code R, R orthogonal, it maximises sum over columns of mean(L^4) - mean(L^2)^2.

    >>> sources = np.random.default_rng(0).laplace(size=(2000, 2))
    >>> turned = varimax(sources @ np.array([[0.8, -0.6], [0.6, 0.8]]))
    >>> bool(np.abs(np.corrcoef(turned.T, sources.T)[:2, 2:]).max(axis=1).min() > 0.98)
    True

    Source: Kaiser (1958), "The varimax criterion for analytic rotation in factor analysis".
    """
    rotation, before = np.eye(code.shape[1]), 0.0
    for _ in range(ITERATIONS):
        turned = code @ rotation
        gradient = code.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        u, s, vt = np.linalg.svd(gradient)
        rotation = u @ vt
        if s.sum() < before * (1 + TOLERANCE):
            break
        before = s.sum()
    return np.asarray(code @ rotation)


def independent(code: np.ndarray, rows: np.ndarray, seed: int) -> tuple[np.ndarray, bool]:
    """Independent components of codes [N, D], fitted on `rows` by FastICA after whitening, and whether it converged."""
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    directions = np.linalg.matrix_rank(code[rows] - code[rows].mean(axis=0))
    ica = FastICA(max(1, int(directions)), whiten="unit-variance", random_state=small(seed), max_iter=ITERATIONS)
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        ica.fit(code[rows])
    converged = not any(issubclass(warning.category, ConvergenceWarning) for warning in raised)
    return np.asarray(ica.transform(code)), converged
