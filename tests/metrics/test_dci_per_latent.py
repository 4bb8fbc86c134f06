import numpy as np
import pytest
from scipy.stats import entropy

from tests.metrics.codes import at_random, noise, on_grid, rng
from tests.metrics.test_polynomial import by_scikit_learn
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.dci_per_latent import dci_per_latent

FACTORS = at_random(400, 5, 5, 5)


def test_agrees_with_a_computation_of_its_own() -> None:
    rep = Representation.from_arrays(FACTORS[:, [2, 0, 1, 1]] + noise(400, 4), FACTORS)
    score = dci_per_latent(rep, rng(), share=1.0, z="means")
    matrix = by_scikit_learn(rep, 4)
    np.testing.assert_allclose(score.arrays["importance"], matrix, atol=1e-10)
    disentangled = np.average(1 - entropy(matrix, base=3, axis=1), weights=matrix.sum(axis=1))
    complete = np.average(1 - entropy(matrix, base=4, axis=0), weights=matrix.sum(axis=0))
    assert score.value == pytest.approx(disentangled, abs=1e-8)
    assert score.parts["completeness"] == pytest.approx(complete, abs=1e-8)


def test_a_grid_gives_the_closed_form() -> None:
    """On a complete grid v0 + v1 has R^2 1/2 with each of the two, v2 has 1 with itself; all else is exactly 0."""
    factors = on_grid(3, 3, 12).factors
    code = np.stack([factors[:, 0] + factors[:, 1], factors[:, 2]], axis=1).astype(float)
    score = dci_per_latent(on_grid(3, 3, 12, code=code), rng(), share=1.0, degree=1)
    np.testing.assert_allclose(score.arrays["importance"], [[0.5, 0.5, 0], [0, 0, 1]], atol=1e-12)
    assert score.value == pytest.approx((1 - np.log(2) / np.log(3)) / 2 + 0.5)
    assert score.parts["completeness"] == pytest.approx(1)


def test_a_duplicate_halves_completeness_and_leaves_disentanglement() -> None:
    code = on_grid(3, 12, 3).code
    twice = dci_per_latent(on_grid(3, 12, 3, code=np.hstack([code, code])), rng(), share=1.0)
    assert twice.value == pytest.approx(1)
    assert twice.parts["completeness"] == pytest.approx(1 - np.log(2) / np.log(6))


def test_groups() -> None:
    rep = Representation.from_arrays(FACTORS[:, [0, 1]] * 1.0, FACTORS, names=["box", "hue", "eye"])
    box = dci_per_latent(rep, rng(), share=1.0, group=["box", "eye"])
    np.testing.assert_array_equal(box.arrays["kept"], [True, False])
    assert box.value > 0.9
    none = dci_per_latent(rep, rng(), share=1.0, group=["eye"])
    assert none.value is None


def test_layers_are_scored_on_their_own() -> None:
    code = np.hstack([FACTORS * 1.0, noise(400, 2)])
    rep = Representation.from_arrays(code, FACTORS, layers=(3, 2))
    first, second = (dci_per_latent(rep.layer(number), rng(), share=1.0) for number in (0, 1))
    assert first.value > 0.9 > 0.5 > second.value


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="dci_per_latent needs at least 100 rows"):
        dci_per_latent(Representation.from_arrays(noise(9, 2), FACTORS[:9]), rng())
    with pytest.raises(UsageError, match="dci_per_latent needs at least 2 latents"):
        dci_per_latent(Representation.from_arrays(noise(400, 1), FACTORS), rng())
    with pytest.raises(UsageError, match="dci_per_latent needs at least 2 factors"):
        dci_per_latent(Representation.from_arrays(noise(400, 2), FACTORS[:, :1]), rng())
