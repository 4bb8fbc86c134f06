"""Arrays of whatever NumPy can read."""

from __future__ import annotations

from typing import Any

import numpy as np

from unbraid.core import require, require_finite

MOST_CODE = 1e30  # polynomials of larger codes are beyond float64, and solvers do not end on them


def as_array(given: Any) -> np.ndarray:
    """A NumPy array, also of a tensor that needs gradients or lives on a device."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        if "bfloat16" in str(given.dtype):  # NumPy has no such type
            given = given.float()
    return np.asarray(given)


def checked_numbers(array: np.ndarray, what: str, most: float = np.inf) -> np.ndarray:
    """Real finite numbers, in a type that scores can be computed in: float16 becomes float32, others float64.

    Raises:
        UsageError: text, times, truth values, complex numbers, NaN or infinity, or numbers beyond `most`.
    """
    require(array.dtype.kind in "iuf", f"{what} must be numbers", f"dtype {array.dtype}", "convert it before scoring")
    require_finite(array, what)
    if array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8):
        array = array.astype(np.float32 if array.dtype.itemsize == 2 else np.float64)
    largest = max(-float(array.min()), float(array.max())) if most < np.inf and array.size else 0.0
    require(
        largest <= most, f"{what} must lie within ±{most:g}", f"{largest:g}", "divide by it: scores keep their value"
    )
    return array
