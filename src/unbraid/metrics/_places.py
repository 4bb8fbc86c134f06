"""Codes averaged over the positions of the shape."""

from __future__ import annotations

import numpy as np


def means_over_places(codes: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Mean of the rows at each place: codes [N, D] with levels `down` and `across` [N] -> [D, Y, X].

    A place without rows is NaN.
    """
    codes = np.asarray(codes, dtype=float)
    down, across = np.asarray(down, dtype=np.int64), np.asarray(across, dtype=np.int64)
    height, width = int(down.max()) + 1, int(across.max()) + 1
    place = down * width + across
    rows = np.bincount(place, minlength=height * width)
    sums = np.stack([np.bincount(place, weights=column, minlength=height * width) for column in codes.T])
    with np.errstate(invalid="ignore"):
        return (sums / rows).reshape(-1, height, width)
