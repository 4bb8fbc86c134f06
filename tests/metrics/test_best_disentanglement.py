import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid, rng
from tests.metrics.test_polynomial import by_scikit_learn
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.best_disentanglement import best_disentanglement, best_leads

FACTORS = at_random(400, 5, 5, 5)


def by_the_words(r2: np.ndarray) -> dict[int, float]:
    """The three steps of the thesis, as written."""
    best: dict[int, float] = {}
    for row in r2:
        order = np.argsort(row)
        top, lead = int(order[-1]), float(row[order[-1]] - row[order[-2]])
        best[top] = max(best.get(top, 0.0), lead)
    return best


def test_leads_by_hand() -> None:
    r2 = np.array([[0.9, 0.1, 0.0], [0.8, 0.6, 0.0], [0.3, 0.5, 0.1], [0.0, 0.0, 0.0]])
    best, latent = best_leads(r2)
    np.testing.assert_allclose(best, [0.8, 0.2, np.nan])
    np.testing.assert_array_equal(latent, [0, 2, -1])


def test_agrees_with_a_computation_of_its_own() -> None:
    rep = Representation.from_arrays(FACTORS[:, [2, 0, 1, 1, 0]] + noise(400, 5), FACTORS)
    score = best_disentanglement(rep, rng(), share=1.0, z="means")
    expected = by_the_words(by_scikit_learn(rep, 4))
    for k, lead in expected.items():
        assert score.parts[f"factor {k}"] == pytest.approx(lead, abs=1e-10)
    assert score.value == pytest.approx(np.mean(list(expected.values())))


def test_limits() -> None:
    assert best_disentanglement(on_grid(3, 4, 10), rng(), share=1.0).value == pytest.approx(1)
    noisy = best_disentanglement(Representation.from_arrays(noise(400, 3), FACTORS), rng(), share=1.0)
    assert noisy.value < 0.05
    blend = FACTORS @ np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    assert best_disentanglement(Representation.from_arrays(blend * 1.0, FACTORS), rng(), share=1.0).value < 0.15


def test_a_factor_without_a_latent_is_missing_not_zero() -> None:
    code = np.hstack([on_grid(3, 4, 10).code[:, :2], np.full((120, 1), 0.3)])
    score = best_disentanglement(on_grid(3, 4, 10, code=code), rng(), share=1.0)
    assert set(score.parts) == {"factor 0", "factor 1", "found"}
    assert score.parts["found"] == pytest.approx(2 / 3)
    assert score.value == pytest.approx(1)
    np.testing.assert_array_equal(score.arrays["latent"], [0, 1, -1])
    none = best_disentanglement(on_grid(3, 4, 10, code=code), rng(), share=1.0, group=["factor 2"])
    assert none.value is None
    assert none.reason == "no latent predicts one of these factors most"


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="best_disentanglement needs at least 100 rows"):
        best_disentanglement(on_grid(3, 4), rng())
    with pytest.raises(UsageError, match="best_disentanglement needs at least 2 factors"):
        best_disentanglement(on_grid(120, 1), rng())
