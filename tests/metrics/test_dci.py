import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation, _trees
from unbraid.metrics.dci import dci

FACTORS = at_random(300, 2, 3)


def test_one_latent_per_factor_is_perfect() -> None:
    score = dci(Representation.from_arrays(-3.0 * FACTORS[:, ::-1], FACTORS), rng())
    assert score.parts["disentanglement"] == pytest.approx(1, abs=1e-6)
    assert score.parts["completeness"] == pytest.approx(1, abs=1e-6)
    assert score.parts["informativeness_test"] == 1
    np.testing.assert_array_equal(score.arrays["importance"].argmax(axis=0), [1, 0])


def test_noise_is_not_disentangled_and_not_informative() -> None:
    score = dci(Representation.from_arrays(noise(300, 3), FACTORS), rng())
    assert score.value is not None
    assert score.value < 0.1
    assert score.parts["informativeness_test"] < 0.6
    assert score.parts["informativeness_train"] > 0.8  # boosting learns noise by heart


def test_a_latent_for_both_factors_is_complete_but_not_disentangled() -> None:
    both = FACTORS[:, :1] * 3.0 + FACTORS[:, 1:]
    score = dci(Representation.from_arrays(np.hstack([both, noise(300, 1)]), FACTORS), rng())
    assert score.parts["completeness"] > 0.9
    assert score.parts["disentanglement"] < 0.1
    assert score.parts["informativeness_test"] > 0.95


def test_a_factor_in_two_latents_is_disentangled_but_not_complete() -> None:
    half = np.stack([FACTORS[:, 1] == 0, FACTORS[:, 1] == 1, FACTORS[:, 0]], axis=1).astype(float)
    score = dci(Representation.from_arrays(half, FACTORS), rng())
    assert score.parts["disentanglement"] > 0.95
    assert score.parts["completeness"] < 0.8


def test_continuous_factors_are_regressed_and_constant_ones_left_out() -> None:
    values = np.random.default_rng(0).random((300, 2))
    factors = np.hstack([values, np.full((300, 1), 0.5)])
    score = dci(Representation.from_arrays(values, factors), rng())
    assert score.arrays["importance"].shape == (2, 2)
    assert score.parts["informativeness_test"] > 0.99
    assert score.value == pytest.approx(1, abs=0.01)


def test_given_test_rows_are_the_ones_scored() -> None:
    train = Representation.from_arrays(FACTORS.astype(float), FACTORS)
    test = Representation.from_arrays(1.0 - FACTORS, FACTORS, space=train.space)
    score = dci(train, rng(), test=test)
    assert score.parts["informativeness_train"] == 1
    assert score.parts["informativeness_test"] < 0.6


@pytest.mark.slow
def test_worker_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rep = Representation.from_arrays(FACTORS + 0.3 * noise(300, 2), FACTORS)
    alone = dci(rep, rng(), parallel=False)
    monkeypatch.setattr(_trees, "WORTH_PROCESSES", 0)
    np.testing.assert_array_equal(dci(rep, rng()).arrays["importance"], alone.arrays["importance"])


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="dci needs at least 100 rows; got 99"):
        dci(Representation.from_arrays(noise(99, 2), FACTORS[:99]), rng())
    with pytest.raises(UsageError, match="dci needs at least 2 latents"):
        dci(Representation.from_arrays(noise(300, 1), FACTORS), rng())
    with pytest.raises(UsageError, match="dci needs at least 2 factors with more than one value"):
        dci(Representation.from_arrays(noise(300, 2), FACTORS[:, :1]), rng())
    with pytest.raises(UsageError, match=r"dci\.stages must be at least 10, or steps go too far; got 9"):
        dci(Representation.from_arrays(noise(300, 2), FACTORS), rng(), stages=9)


def test_half_of_the_stages_go_as_far() -> None:
    factors = at_random(1500, 2, 3)
    rep = Representation.from_arrays(factors + 0.3 * noise(1500, 2), factors)
    whole, half = dci(rep, rng()), dci(rep, rng(), stages=50)
    for part in ("disentanglement", "completeness", "informativeness_test"):
        assert half.parts[part] == pytest.approx(whole.parts[part], abs=0.02)
    assert half.value != whole.value
