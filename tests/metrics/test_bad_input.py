"""Codes that nothing can be said of: every score is missing with its reason, and none fails."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from unbraid.metrics import DEFAULT, Representation, Score, declared, score

ROWS = 200
READ_FACTORS = [name for name in DEFAULT if "factors" in getattr(declared(name), "needs", ())]
SLOW = {"dci_joint", "factorised_support", "total_correlation"}  # whose floors are left to test_floors


@pytest.fixture(autouse=True)
def _unconverged() -> Iterator[None]:
    """Solvers that stop early are no fault of a metric."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def levels(rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(0).integers([3, 4], size=(rows, 2))


def codes(rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((rows, 3))


def scored(code: np.ndarray, factors: np.ndarray) -> dict[str, Score]:
    """All default scores with floors, each a number or missing for a reason that is no traceback."""
    rep = Representation.from_arrays(code, factors, logvar=np.full(code.shape, -2.0))
    scores = {}
    for name in DEFAULT:
        (given,) = score(rep, metrics=name, floor=name not in SLOW).values()
        assert "raised" not in given.reason, (name, given.reason)
        assert (given.value is None) == bool(given.reason), name
        scores[name] = given
    return scores


def without(scores: dict[str, Score]) -> set[str]:
    return {name for name, given in scores.items() if given.value is None}


def test_a_single_factor_of_one_level() -> None:
    missing = scored(codes(), np.zeros((ROWS, 1), dtype=int))
    assert without(missing) == set(READ_FACTORS)
    assert "more than one value" in missing["mig"].reason


def test_no_factors() -> None:
    assert without(scored(codes(), np.zeros((ROWS, 0)))) == set(READ_FACTORS)


def test_constant_codes() -> None:
    missing = scored(np.zeros((ROWS, 3)), levels())
    assert set(READ_FACTORS) <= without(missing)
    assert missing["mig"].reason == "mig needs a latent that varies; got constant ones only."


def test_fewer_rows_than_bins() -> None:
    missing = scored(codes(15), levels(15))
    assert set(READ_FACTORS) <= without(missing)
    assert missing["mig"].reason == "mig needs at least 100 rows; got 15; score more rows."


@pytest.mark.parametrize("rows", [1, 2])
def test_one_and_two_rows(rows: int) -> None:
    assert set(READ_FACTORS) <= without(scored(codes(rows), levels(rows)))


def test_copies_of_factors() -> None:
    factors = levels()[:, [0, 0]]
    scores = scored(codes(), factors)
    assert "mmig needs a factor that no other factor determines" in scores["mmig"].reason
    assert scores["mig"].value is not None


def test_copies_of_latents() -> None:
    scored(np.repeat(codes()[:, :1], 3, axis=1), levels())


def test_floor_at_the_top() -> None:
    """One latent alone: AAM reads 1 whatever it knows."""
    (given,) = score(codes()[:, :1], levels(), metrics="aam").values()
    assert (given.value, given.floor, given.above) == (1.0, 1.0, None)
    assert "nothing above chance: a floor of 1.000 leaves less than 0.05 to 1" in given.notes
