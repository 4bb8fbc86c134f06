"""Factor spaces: index arithmetic in 64 bits, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unbraid.core import Factor, FactorSpace, UsageError

SPACE = FactorSpace((Factor("shape", 3, "categorical"), Factor("x", 4, values=(0.0, 0.5, 1.0, 1.5))))

ENDLESS = FactorSpace((Factor("a", 0, "continuous"),))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.data())
def test_codes_and_index_are_inverse(sizes: list[int], data: st.DataObject) -> None:
    space = FactorSpace(tuple(Factor(f"f{k}", size) for k, size in enumerate(sizes)))
    rows = data.draw(st.lists(st.integers(0, space.combinations - 1), min_size=1, max_size=20))
    assert space.index(space.levels(np.array(rows))).tolist() == rows


def test_the_last_factor_varies_fastest() -> None:
    assert SPACE.levels(np.arange(5)).tolist() == [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0]]


def test_indices_beyond_32_bits() -> None:
    space = FactorSpace(tuple(Factor(f"x{k}", 57) for k in range(6)))
    last = space.combinations - 1
    assert last == 34_296_447_248
    assert space.levels(np.array([last])).tolist() == [[56] * 6]
    assert space.index(np.array([[56] * 6])).tolist() == [last]


def test_values_are_in_the_factors_unit() -> None:
    assert SPACE.values(np.array([[2, 3]])).tolist() == [[2.0, 1.5]]


def test_a_subset_keeps_the_order_asked_for() -> None:
    assert SPACE.subset(["x", "shape"]).names == ("x", "shape")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Factor("a", 0), "must be at least 1"),
        (lambda: Factor("a", 2, "round"), "kind of .a. must be one of: ordinal, circular"),  # type: ignore[arg-type]
        (lambda: Factor("a", 2, values=(1.0,)), "one entry per level"),
        (lambda: FactorSpace((Factor("a", 2), Factor("a", 3))), "names must differ"),
        (lambda: SPACE.levels(np.array([12])), r"index must lie in 0 \.\. 11; got 12"),
        (lambda: SPACE.levels(np.array([-1])), "got -1"),
        (lambda: SPACE.index(np.array([[0, 4]])), "levels of factor 'x' must lie in 0 .. 3"),
        (lambda: SPACE.index(np.array([[0]])), "2 columns"),
        (lambda: SPACE.position("y"), "factor must be one of: shape, x"),
        (
            lambda: FactorSpace((Factor("a", 0, "continuous"),)).levels(np.array([0])),
            "only when every factor has levels",
        ),
    ],
)
def test_what_is_refused(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()  # type: ignore[operator]
