"""Arrays of whatever NumPy can read."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_array(given: Any) -> np.ndarray:
    """A NumPy array, also of a tensor that needs gradients or lives on a device."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        if "bfloat16" in str(given.dtype):  # NumPy has no such type
            given = given.float()
    return np.asarray(given)
