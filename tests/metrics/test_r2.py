import numpy as np
import pytest

from tests.metrics.codes import noise, on_grid, rng
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Representation
from unbraid.metrics.r2 import r2

V = noise(6000, 2)


def test_noise_of_known_variance() -> None:
    """v from v + s n is explained to 1 / (1 + s^2)."""
    code = V + np.array([0.5, 1.0]) * noise(6000, 2, 7)
    score = r2(Representation.from_arrays(code, V), rng())
    assert score.parts["factor 0"] == pytest.approx(0.8, abs=0.03)
    assert score.parts["factor 1"] == pytest.approx(0.5, abs=0.03)
    assert score.value == pytest.approx(0.65, abs=0.03)


def test_any_invertible_mixture_is_explained() -> None:
    assert r2(Representation.from_arrays(V @ np.array([[3.0, 1], [1, -0.01]]), V), rng()).value == pytest.approx(1)


def test_only_trees_see_a_fold() -> None:
    folded = Representation.from_arrays(V, np.abs(V))
    assert r2(folded, rng()).value < 0.05
    assert r2(folded, rng(), probe="trees").value > 0.95


def test_a_circular_factor_is_read_as_sine_and_cosine() -> None:
    turn = np.arange(600) % 60
    code = np.stack([np.sin(2 * np.pi * turn / 60), np.cos(2 * np.pi * turn / 60)], axis=1)
    space = FactorSpace((Factor("turn", 60, "circular"),))
    rep = Representation.from_arrays(code, turn, space=space)
    assert r2(rep, rng()).value == pytest.approx(1)
    assert r2(rep, rng(), target="value").value < 0.8


def test_rows_that_are_told_otherwise_score_below_zero() -> None:
    train, test = Representation.from_arrays(V, V), Representation.from_arrays(-V, V)
    assert r2(train, rng(), test=test).value == pytest.approx(-3, abs=0.01)  # twice the deviation, squared: 1 - 4


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"r2.probe must be one of: linear, trees; got 'mlp'"):
        r2(on_grid(10, 10), rng(), probe="mlp")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="r2 needs at least 100 rows"):
        r2(on_grid(3, 4), rng())
    with pytest.raises(UsageError, match="r2 needs at least 1 factors"):
        r2(on_grid(1, 1).rows(np.zeros(120, dtype=int)), rng())
