import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.sap import sap

FACTORS = at_random(3000, 2, 2)


def test_two_binary_factors_by_hand() -> None:
    """The right latent is always right, the other one right for half of the balanced rows."""
    factors = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (100, 1))
    rep = Representation.from_arrays(factors * 10.0, factors)
    score = sap(rep, rng(), test=rep)
    np.testing.assert_allclose(score.arrays["score"], [[1, 0.5], [0.5, 1]])
    assert score.value == 0.5


def test_correlation_probe_has_a_closed_form() -> None:
    """z = v + noise of standard deviation s has squared correlation 1 / (1 + s^2) with a standard normal v."""
    v = noise(200_000, 2)
    code = np.stack([v[:, 0] + 0.5 * noise(200_000, 1, 5)[:, 0], v[:, 0] + noise(200_000, 1, 6)[:, 0], v[:, 1]], axis=1)
    score = sap(Representation.from_arrays(code, v), rng(), train_rows=200_000, test_rows=100)
    assert score.parts["factor 0"] == pytest.approx(1 / 1.25 - 1 / 2, abs=0.01)
    assert score.parts["factor 1"] == pytest.approx(1, abs=0.01)
    assert score.value == pytest.approx(np.mean(list(score.parts.values())))


def test_noise_and_duplicates_have_no_gap() -> None:
    assert sap(Representation.from_arrays(noise(3000, 3), FACTORS), rng()).value < 0.05
    doubled = np.hstack([FACTORS, FACTORS]).astype(float)
    assert sap(Representation.from_arrays(doubled, FACTORS), rng()).value == 0
    assert sap(Representation.from_arrays(doubled, FACTORS), rng(), probe="correlation").value == pytest.approx(0)


def test_variants_agree_where_they_should() -> None:
    rep = Representation.from_arrays(FACTORS + 0.4 * noise(3000, 2), FACTORS)
    plain = sap(rep, rng())
    assert sap(rep, rng(), dual=True).value == pytest.approx(plain.value, abs=0.01)
    assert sap(rep, rng(), bins=20).value == pytest.approx(plain.value, abs=0.03)
    assert plain.variant == "linear SVM"
    assert sap(rep, rng(), dual=True, bins=20).variant == "linear SVM, dual solver, 20 bins"


def test_auto_takes_each_factor_as_it_is() -> None:
    factors = np.stack([FACTORS[:, 0], noise(3000, 1)[:, 0], np.ones(3000)], axis=1)
    score = sap(Representation.from_arrays(factors[:, :2] * 5, factors), rng())
    assert set(score.parts) == {"factor 0", "factor 1"}  # the constant one is left out
    assert score.variant == "linear SVM, squared correlation"
    assert score.parts["factor 1"] == pytest.approx(1, abs=0.01)


def test_mistakes() -> None:
    rep = Representation.from_arrays(noise(3000, 2), FACTORS)
    with pytest.raises(UsageError, match=r"sap.probe must be one of: auto, svm, correlation; got 'smv'"):
        sap(rep, rng(), probe="smv")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"sap.bins must be 0 or at least 2; got 1"):
        sap(rep, rng(), bins=1)
    with pytest.raises(UsageError, match="sap needs at least 2 latents"):
        sap(Representation.from_arrays(noise(3000, 1), FACTORS), rng())
    with pytest.raises(UsageError, match="sap needs at least 100 rows"):
        sap(rep.rows(np.arange(20)), rng())
    with pytest.raises(UsageError, match="sap needs at least 1 factors with more than one value"):
        sap(Representation.from_arrays(noise(200, 2), np.zeros((200, 1))), rng())
