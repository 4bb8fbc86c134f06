import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

from tests.metrics.codes import noise
from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation
from unbraid.metrics._polynomial import polynomial_r2


def by_scikit_learn(rep: Representation, degree: int) -> np.ndarray:
    """The same matrix from another library's features, regression and R^2, one pair at a time."""
    r2 = np.empty((rep.latents, len(rep.space)))
    for j in range(rep.latents):
        features = PolynomialFeatures(degree).fit_transform(rep.code[:, [j]])
        for k in range(len(rep.space)):
            r2[j, k] = LinearRegression().fit(features, rep.factors[:, k]).score(features, rep.factors[:, k])
    return r2


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_agrees_with_scikit_learn(degree: int) -> None:
    z = noise(400, 5)
    factors = np.stack([z[:, 0] ** 2 + z[:, 1], np.sin(z[:, 2]) + 0.3 * z[:, 3], z[:, 4]], axis=1)
    rep = Representation.from_arrays(z, factors)
    np.testing.assert_allclose(polynomial_r2(rep, degree), by_scikit_learn(rep, degree), atol=1e-10)


def test_a_quartic_is_explained_exactly_and_a_quintic_is_not() -> None:
    z = noise(300, 1)
    rep = Representation.from_arrays(z, np.hstack([z**4 - z, z**5]))
    r2 = polynomial_r2(rep)
    assert r2[0, 0] == pytest.approx(1)
    assert 0.5 < r2[0, 1] < 0.999


def test_constant_binary_and_tiny_latents() -> None:
    level = np.arange(300) % 2
    code = np.stack([np.full(300, 0.1), level * 1.0, 1e-9 * level + 5, noise(300, 1)[:, 0]], axis=1)
    r2 = polynomial_r2(Representation.from_arrays(code, level))[:, 0]
    np.testing.assert_allclose(r2[:3], [0, 1, 1], atol=1e-6)
    assert r2[3] < 0.05


def test_circular_and_categorical_factors_by_all_their_columns() -> None:
    turn = np.arange(360) % 60
    shape = np.arange(360) // 120
    space = FactorSpace((Factor("turn", 60, "circular"), Factor("shape", 3, "categorical")))
    angle = 2 * np.pi * turn / 60
    code = np.stack([np.cos(angle), np.array([2.0, 0.0, 1.0])[shape]], axis=1)
    rep = Representation.from_arrays(code, np.stack([turn, shape], axis=1), space=space)
    r2 = polynomial_r2(rep)
    assert r2[0, 0] == pytest.approx(0.5, abs=1e-6)  # cosine is one of two equal halves
    assert r2[1, 1] == pytest.approx(1)  # three values tell three levels apart, in whatever order
    assert polynomial_r2(rep, target="value")[0, 0] < 1e-2  # turn 1 and turn 59 look the same to a cosine
