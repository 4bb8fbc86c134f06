"""How well one latent's polynomial predicts each factor."""

from __future__ import annotations

import numpy as np

from unbraid.metrics._factors import Targets, targets
from unbraid.metrics._representation import Representation

RANK = 1e-8  # singular values below this share of the largest are rounding, as for a latent of two values


def polynomial_r2(rep: Representation, degree: int = 4, target: Targets = "natural") -> np.ndarray:
    """R^2 [D, K] of the least-squares fit of each factor by z, z^2, …, z^degree of each latent alone.

    A factor with several target columns has the R^2 of their summed squares; a constant latent has 0. Every factor
    must vary.
    """
    columns = [targets(rep, k, target) for k in range(len(rep.space))]
    wanted = np.concatenate(columns, axis=1)
    wanted = wanted - wanted.mean(axis=0)
    start = np.cumsum([0] + [column.shape[1] for column in columns])[:-1]
    total = np.add.reduceat((wanted**2).sum(axis=0), start)
    explained = [np.add.reduceat(_explained(z, wanted, degree), start) for z in rep.code.T.astype(np.float64)]
    r2: np.ndarray = np.clip(np.stack(explained) / total, 0, 1)
    return r2


def _explained(z: np.ndarray, wanted: np.ndarray, degree: int) -> np.ndarray:
    """Sum of squares [M] of centred `wanted` [N, M] that the polynomial of `z` [N] explains."""
    if np.ptp(z) == 0:
        return np.zeros(wanted.shape[1])
    powers = ((z - z.mean()) / np.ptp(z))[:, None] ** np.arange(1, degree + 1)
    powers -= powers.mean(axis=0)
    length = np.linalg.norm(powers, axis=0)
    basis, size, _ = np.linalg.svd(powers[:, length > 0] / length[length > 0], full_matrices=False)
    squares: np.ndarray = np.square(basis[:, size > RANK * size[0]].T @ wanted).sum(axis=0)
    return squares
