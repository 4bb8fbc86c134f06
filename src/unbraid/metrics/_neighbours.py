"""Mutual information of a real-valued latent and a label from nearest neighbours, in nats."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from unbraid.metrics._scaling import near_one

FAR = 1e300  # from any standardised code; finite, so that differences of two such are numbers
TIE_BREAK = 1e-10  # of the code's mean size: noise that separates equal values, as scikit-learn adds


def neighbour_information(
    code: np.ndarray, labels: np.ndarray, rng: np.random.Generator, neighbours: int = 10
) -> np.ndarray:
    """Mutual information of each column of `code` [N, D] with each of `labels` [N, K] -> [D, K] in nats, at least 0.

    The estimator of Ross (2014), doi:10.1371/journal.pone.0087357, as in scikit-learn's `mutual_info_classif` with
    one feature, on sorted columns: in one dimension the neighbours of a value stand next to it. Columns of `code` are
    standardised; constant ones tell nothing. Labels that occur once are left out.
    """
    table = np.zeros((code.shape[1], labels.shape[1]))
    columns = [_standardised(column) for column in code.T]
    for k in range(labels.shape[1]):
        groups = _groups(labels[:, k])
        for j, column in enumerate(columns):
            noise = rng.standard_normal(len(column))
            if np.ptp(column) > 0:
                noise *= TIE_BREAK * max(1.0, np.abs(column).mean())
                table[j, k] = _information(column + noise, groups, neighbours)
    return table


def _standardised(column: np.ndarray) -> np.ndarray:
    """Mean 0 and deviation 1; all 0 where constant."""
    column = column.astype(np.float64)
    if np.ptp(column) == 0:
        return np.zeros_like(column)
    column = near_one(column - column.mean())
    standardised: np.ndarray = column / column.std()
    return standardised


def _groups(labels: np.ndarray) -> list[np.ndarray]:
    """Rows of each label that occurs more than once."""
    ordered = np.argsort(labels, kind="stable")
    groups = np.split(ordered, np.flatnonzero(np.diff(labels[ordered])) + 1)
    return [rows for rows in groups if len(rows) > 1]


def _information(column: np.ndarray, groups: list[np.ndarray], neighbours: int) -> float:
    if not groups:
        return 0.0
    parts = [np.sort(column[rows]) for rows in groups]
    sizes = np.array([len(part) for part in parts])
    used = np.minimum(neighbours, sizes - 1)
    distance = _distances(parts, used)
    values = np.concatenate(parts)
    count = _within(np.sort(values), values, np.nextafter(distance, 0))
    rows = len(values)
    within_labels = (sizes * (digamma(used) - digamma(sizes))).sum() / rows
    return max(0.0, float(digamma(rows) + within_labels - digamma(count).mean()))


def _distances(parts: list[np.ndarray], used: np.ndarray) -> np.ndarray:
    """Distance of each value from its `used`-th nearest in its own part, parts side by side.

    Parts with equally many neighbours are measured in one pass: far-off values between them keep them apart.
    """
    distances: list[np.ndarray] = [np.empty(0)] * len(parts)
    for k in np.unique(used):
        chosen = np.flatnonzero(used == k)
        low, high = np.full(k, -FAR), np.full(k, FAR)
        row = np.concatenate([piece for g in chosen for piece in (low, parts[g], high)])
        together, start = _kth_distance(row, int(k)), 0
        for g in chosen:
            distances[g] = together[start + k : start + k + len(parts[g])]
            start += len(parts[g]) + 2 * k
    return np.concatenate(distances)


def _kth_distance(ordered: np.ndarray, k: int) -> np.ndarray:
    """Distance of each of the ordered values from its k-th nearest among them: the narrowest window of k + 1.

    Every k + 1 of them in a row must be ordered, but for values of size `FAR`, whose own distance means nothing.
    """
    rows = len(ordered)
    distance = np.full(rows, np.inf)
    for left in range(k + 1):  # `left` neighbours below, k - left above
        inner = slice(left, rows - (k - left))
        below = ordered[inner] - ordered[: rows - k]
        above = ordered[k:] - ordered[inner]
        np.minimum(distance[inner], np.maximum(below, above), out=distance[inner])
    return distance


def _within(ordered: np.ndarray, values: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """How many of the ordered values lie within `radius` of each of `values`, by differences as a tree counts them."""
    high = np.searchsorted(ordered, values + radius, side="right")
    low = np.searchsorted(ordered, values - radius, side="left")
    last = len(ordered) - 1
    # values + radius rounds: put right the values at the rim, whose difference decides
    while (wrong := (high > 0) & (ordered[high - 1] - values > radius)).any():
        high -= wrong
    while (wrong := (high <= last) & (ordered[np.minimum(high, last)] - values <= radius)).any():
        high += wrong
    while (wrong := (low <= last) & (values - ordered[np.minimum(low, last)] > radius)).any():
        low += wrong
    while (wrong := (low > 0) & (values - ordered[low - 1] <= radius)).any():
        low -= wrong
    counts: np.ndarray = high - low
    return counts
