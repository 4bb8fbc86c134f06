"""Codes of any size brought near 1 without a change of their digits."""

from __future__ import annotations

import numpy as np


def near_one(code: np.ndarray) -> np.ndarray:
    """Columns times powers of two, so that the largest of each lies within [0.5, 1) -> float64, as `code`.

    Their squares, and so their deviation, are numbers then, where those of 1e-300 or 1e200 are 0 or infinite. Nothing
    is rounded: what is divided by a deviation afterwards comes out the same to the bit.

    >>> near_one(np.array([[3e-300], [-6e-300]])).std(axis=0) > 0
    array([ True])
    """
    code = np.asarray(code, dtype=np.float64)
    scaled: np.ndarray = np.ldexp(code, -np.frexp(np.abs(code).max(axis=0, initial=0.0))[1])
    return scaled
