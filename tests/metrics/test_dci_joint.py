import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.ensemble import GradientBoostingRegressor

from tests.metrics.codes import at_random, noise, rng
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Representation
from unbraid.metrics.dci_joint import dci_joint

FACTORS = at_random(300, 5, 5, 5)
CODE = FACTORS[:, [2, 0, 1]] + np.array([0.1, 0.5, 1.5]) * noise(300, 3)


def test_agrees_with_a_computation_of_its_own() -> None:
    rep = Representation.from_arrays(CODE, FACTORS)
    score = dci_joint(rep, rng(), share=1.0, z="means")
    columns = [
        GradientBoostingRegressor(random_state=9).fit(CODE, FACTORS[:, k]).feature_importances_ for k in range(3)
    ]
    matrix = np.stack(columns, axis=1)
    np.testing.assert_allclose(score.arrays["importance"], matrix, atol=0.01)
    np.testing.assert_allclose(score.arrays["importance"].sum(axis=0), 1)
    disentangled = np.average(1 - entropy(matrix, base=3, axis=1), weights=matrix.sum(axis=1))
    complete = np.average(1 - entropy(matrix, base=3, axis=0), weights=matrix.sum(axis=0))
    assert score.value == pytest.approx(disentangled, abs=0.01)
    assert score.parts["completeness"] == pytest.approx(complete, abs=0.01)


def test_one_latent_per_factor_is_perfect_and_noise_is_not() -> None:
    clean = dci_joint(Representation.from_arrays(FACTORS[:, ::-1] * 2.0, FACTORS), rng(), share=1.0)
    assert clean.value == pytest.approx(1, abs=1e-3)
    assert dci_joint(Representation.from_arrays(noise(300, 3), FACTORS), rng(), share=1.0).value < 0.1


def test_samples_of_a_wide_posterior_know_less_than_its_means() -> None:
    rep = Representation.from_arrays(FACTORS * 1.0, FACTORS, logvar=np.full((300, 3), np.log(4.0)))
    means, samples = (dci_joint(rep, rng(), share=1.0, z=z) for z in ("means", "samples"))
    assert samples.value < means.value - 0.2
    assert samples.variant == "boosted regression, natural targets, samples of 300 rows"
    assert dci_joint(rep, rng(), share=0.5).variant.endswith("samples of 150 rows")
    assert dci_joint(rep, rng()).variant.endswith("samples of 100 rows")  # never fewer


def test_a_group_has_its_own_latents_or_no_score() -> None:
    rep = Representation.from_arrays(CODE, FACTORS, names=["big", "hue", "eye"])
    group = dci_joint(rep, rng(), share=1.0, group=["big", "hue"])
    np.testing.assert_array_equal(group.arrays["kept"], [False, True, True])
    # eye = latent 0; a group that no latent serves best:
    both = np.hstack([FACTORS[:, :2] * 1.0])
    none = dci_joint(Representation.from_arrays(both, FACTORS, names=["big", "hue", "eye"]), rng(), group=["eye"])
    assert none.value is None
    assert "no latent is more important for the group" in none.reason


def test_a_circular_factor_in_sine_and_cosine() -> None:
    angle = 2 * np.pi * (np.arange(300) % 60) / 60
    space = FactorSpace((Factor("turn", 60, "circular"), Factor("size", 5)))
    factors = np.stack([np.arange(300) % 60, FACTORS[:, 0]], axis=1)
    code = np.stack([np.sin(angle), np.cos(angle), FACTORS[:, 0]], axis=1)
    score = dci_joint(Representation.from_arrays(code, factors, space=space), rng(), share=1.0)
    np.testing.assert_allclose(score.arrays["importance"][:, 0], [0.5, 0.5, 0], atol=0.02)
    assert score.value == pytest.approx(1, abs=0.02)


def test_mistakes() -> None:
    rep = Representation.from_arrays(CODE, FACTORS)
    with pytest.raises(UsageError, match=r"share must lie in \(0, 1\]; got 0"):
        dci_joint(rep, rng(), share=0)
    with pytest.raises(UsageError, match="z must be one of: samples, means"):
        dci_joint(rep, rng(), z="sample")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="targets must be one of: natural, value"):
        dci_joint(rep, rng(), target="angle")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="factor of the group must be one of: factor 0, factor 1, factor 2; got 'eye'"):
        dci_joint(rep, rng(), group=["eye"])
    with pytest.raises(UsageError, match="a group of factors needs one that takes more than one value"):
        dci_joint(Representation.from_arrays(CODE, FACTORS * [1, 1, 0]), rng(), group=["factor 2"])
    with pytest.raises(UsageError, match="dci_joint needs at least 100 rows"):
        dci_joint(rep.rows(np.arange(9)), rng())
    with pytest.raises(UsageError, match="dci_joint needs at least 2 latents"):
        dci_joint(Representation.from_arrays(CODE[:, :1], FACTORS), rng())
    with pytest.raises(UsageError, match="dci_joint needs at least 2 factors"):
        dci_joint(Representation.from_arrays(CODE, FACTORS[:, :1]), rng())
