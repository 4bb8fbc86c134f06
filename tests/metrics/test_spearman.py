import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Representation
from unbraid.metrics.spearman import spearman

FACTORS = at_random(300, 5, 7)


def test_agrees_with_scipy() -> None:
    code = FACTORS[:, [1, 0, 0]] + noise(300, 3)
    coefficients = spearman(Representation.from_arrays(code, FACTORS)).arrays["correlation"]
    expected = [[abs(spearmanr(code[:, j], FACTORS[:, k]).statistic) for k in range(2)] for j in range(3)]
    np.testing.assert_allclose(coefficients, expected, atol=1e-12)


def test_only_order_counts() -> None:
    assert spearman(Representation.from_arrays(-np.exp(3.0 * FACTORS), FACTORS)).value == pytest.approx(1)
    assert spearman(Representation.from_arrays(noise(300, 2), FACTORS)).value < 0.15


def test_a_circular_factor_by_the_better_of_sine_and_cosine() -> None:
    turn = np.arange(240) % 60
    space = FactorSpace((Factor("turn", 60, "circular"),))
    rep = Representation.from_arrays(np.cos(2 * np.pi * turn / 60), turn, space=space)
    assert spearman(rep).value == pytest.approx(1)
    assert spearman(rep, target="value").value < 0.1


def test_constant_latents_and_groups() -> None:
    code = np.hstack([FACTORS[:, :1], np.ones((300, 1))]).astype(float)
    rep = Representation.from_arrays(code, FACTORS, names=["box", "eye"])
    np.testing.assert_array_equal(spearman(rep).arrays["correlation"][1], [0, 0])
    assert spearman(rep, group=["box"]).value == pytest.approx(1)
    none = spearman(rep, group=["eye"])
    assert none.value is None
    assert "no latent" in none.reason


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="spearman needs at least 100 rows"):
        spearman(on_grid(3, 4))
    with pytest.raises(UsageError, match="spearman needs at least 1 factors"):
        spearman(on_grid(1, 1).rows(np.zeros(120, dtype=int)))
