import numpy as np
import pytest

from tests.metrics.codes import noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.irs import irs

FACTORS = on_grid(2, 2, 25).factors


def test_a_sum_of_two_factors_by_hand() -> None:
    """z = v0 + v1 lies at most 1 from its mean; with v0 held it still lies 1/2 from it, so its robustness is 1/2."""
    code = (FACTORS[:, 0] + FACTORS[:, 1])[:, None].astype(float)
    score = irs(on_grid(2, 2, 25, code=code), quantile=1.0)
    np.testing.assert_allclose(score.arrays["robustness"], [[0.5, 0.5, 0]], atol=1e-12)
    assert score.value == pytest.approx(0.5)
    assert score.arrays["deviation"] == pytest.approx([1])


def test_the_mean_is_weighted_by_the_largest_deviation() -> None:
    code = np.stack([3.0 * FACTORS[:, 0], 2.0 * (FACTORS[:, 0] + FACTORS[:, 1])], axis=1)
    assert irs(on_grid(2, 2, 25, code=code), quantile=1.0).value == pytest.approx((1.5 * 1 + 2 * 0.5) / 3.5)


def test_one_factor_per_latent_is_perfect_and_levels_beyond_the_bins_are_merged() -> None:
    score = irs(on_grid(3, 2, 20), quantile=1.0)
    assert score.value == pytest.approx(1)
    np.testing.assert_array_equal(score.arrays["parent"], [0, 1, 2])
    merged = irs(on_grid(3, 2, 20), quantile=1.0, bins=10).arrays["robustness"][2, 2]
    assert merged == pytest.approx(1 - 0.5 / 9.5)  # two neighbouring levels to a bin


def test_the_quantile_flatters_noise() -> None:
    rep = Representation.from_arrays(noise(5000, 3), np.random.default_rng(0).integers(4, size=(5000, 2)))
    lenient, strict = irs(rep).value, irs(rep, quantile=1.0).value
    assert strict < 0.15 < lenient < 0.5


def test_constant_latents_are_left_out() -> None:
    code = np.hstack([FACTORS[:, :2], np.full((100, 1), 0.1)]).astype(float)
    score = irs(on_grid(2, 2, 25, code=code))
    assert score.value == pytest.approx(1)
    assert score.parts["active_latents"] == 2
    assert score.arrays["parent"][2] == -1
    none = irs(on_grid(2, 2, 25, code=np.full((100, 2), 0.1)))
    assert none.value is None
    assert none.reason == "every latent is constant"


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"irs.quantile must lie in \(0, 1\]; got 0"):
        irs(on_grid(2, 2, 25), quantile=0)
    with pytest.raises(UsageError, match=r"irs.bins must be at least 2"):
        irs(on_grid(2, 2, 25), bins=1)
    with pytest.raises(UsageError, match="irs needs at least 100 rows; got 4"):
        irs(on_grid(2, 2))
