"""Axis alignment metric."""

import numpy as np
import pytest

from tests.metrics.codes import on_grid
from unbraid.metrics import Representation
from unbraid.metrics._information import alignment
from unbraid.metrics.aam import aam


def test_by_hand() -> None:
    table = np.array([[2.0, 1.0, 0.0], [0.5, 0.6, 0.0], [0.5, 0.6, 0.0]])
    assert alignment(table).tolist() == [0.5, 0.0, 0.0]


def test_small_negative_estimates_count_as_nothing() -> None:
    assert alignment(np.array([[1.0], [-0.2]])).tolist() == [1.0]


def test_a_perfect_code_is_aligned_and_copies_are_not() -> None:
    rep = on_grid(10, 20)
    assert aam(rep).value == pytest.approx(1)
    copied = Representation.from_arrays(rep.code[:, [0, 0, 1]], rep.factors)
    assert aam(copied).parts == pytest.approx({"factor 0": 0, "factor 1": 1})


def test_shares_count_not_amounts() -> None:
    """A latent that knows little is aligned where the others know nothing: the metric's known weakness."""
    rep = on_grid(10, 20)
    weak = Representation.from_arrays(np.stack([rep.code[:, 0] > 8, rep.code[:, 1]], axis=1).astype(float), rep.factors)
    assert aam(weak).value == pytest.approx(1)
