"""Codes and labels as people have them."""

from __future__ import annotations

from typing import Any

import numpy as np

from unbraid.core import require
from unbraid.metrics._representation import Representation


def as_representation(codes: Any, labels: Any = None) -> Representation:
    """Codes with their labels as a `Representation`; what can be given is said in `score`.

    Raises:
        UsageError: labels are missing, given twice, or not as many as codes; text among the codes.
    """
    if isinstance(codes, Representation):
        require(labels is None, "a Representation holds its labels", "labels beside it", "give metrics=… by name")
        return codes
    require(labels is not None, "codes need labels: what each row shows", do="give score(codes, labels)")
    return Representation.from_arrays(as_array(codes), as_array(labels))


def as_array(given: Any) -> np.ndarray:
    """A NumPy array of whatever NumPy can read, a tensor that needs gradients or lives on a device included."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        if "bfloat16" in str(given.dtype):  # NumPy has no such type
            given = given.float()
    return np.asarray(given)
