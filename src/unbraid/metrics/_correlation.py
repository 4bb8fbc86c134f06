"""Correlations between latents and factors, and the best matching of the two."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata

from unbraid.metrics._factors import Targets, targets
from unbraid.metrics._prepared import once
from unbraid.metrics._representation import Representation

Correlation = Literal["pearson", "spearman"]


def correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pearson correlation [A, B] of the columns of `left` [N, A] and of `right` [N, B]; 0 where one is constant."""
    return _product(standardised(left), standardised(right))


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Correlations [A, B] of standardised columns."""
    coefficients: np.ndarray = np.clip(left.T @ right, -1, 1)
    return coefficients


def standardised(values: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and length 1; constant ones become 0."""
    values = np.asarray(values, dtype=np.float64)
    idle = np.ptp(values, axis=0) == 0
    centred = values - values.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.where(idle, 0, centred / np.where(idle | (length == 0), 1, length))


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks of each column of `values` [N, A]; ties share their mean rank."""
    numbers: np.ndarray = rankdata(values, axis=0)
    return numbers


def strength(rep: Representation, kind: Correlation = "spearman", target: Targets = "natural") -> np.ndarray:
    """Absolute correlation [D, K] of each latent with each factor, the largest over a factor's target columns."""
    code = once(rep, ("standardised", kind), lambda: standardised(ranks(rep.code) if kind == "spearman" else rep.code))
    columns = []
    for k in range(len(rep.space)):
        wanted = targets(rep, k, target)
        wanted = ranks(wanted) if kind == "spearman" else wanted
        columns.append(np.abs(_product(code, standardised(wanted))).max(axis=1))
    return np.stack(columns, axis=1)


def matching(strength: np.ndarray) -> np.ndarray:
    """Latent of each factor [K], each latent used once, with the largest summed `strength` [D, K]; -1 for no latent."""
    latent, factor = linear_sum_assignment(strength, maximize=True)
    matched = np.full(strength.shape[1], -1)
    matched[factor] = latent
    return matched
