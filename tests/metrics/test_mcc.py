import numpy as np
import pytest

from tests.metrics.codes import noise, on_grid
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.mcc import mcc

SOURCES = np.random.default_rng(0).random((20_000, 2))


@pytest.mark.parametrize("degrees", [0, 20, 45])
def test_a_rotation_keeps_its_cosine(degrees: float) -> None:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    score = mcc(Representation.from_arrays(SOURCES @ np.array([[cos, -sin], [sin, cos]]), SOURCES))
    assert score.value == pytest.approx(cos, abs=0.02)


def test_each_latent_is_matched_once_for_the_largest_sum() -> None:
    """Latent 0 is closest to both factors; the best pairs give it to factor 1 and latent 1 to factor 0."""
    code = np.stack([SOURCES[:, 0] + SOURCES[:, 1], SOURCES[:, 0] + 0.3 * noise(20_000, 1)[:, 0]], axis=1)
    score = mcc(Representation.from_arrays(code, SOURCES))
    np.testing.assert_array_equal(score.arrays["latent"], [1, 0])
    coefficients = score.arrays["correlation"]
    assert score.value == pytest.approx((coefficients[1, 0] + coefficients[0, 1]) / 2)


def test_ranks_see_through_monotone_curves() -> None:
    rep = Representation.from_arrays(np.exp(8 * SOURCES), SOURCES)
    assert mcc(rep, correlation="spearman").value == pytest.approx(1)
    assert mcc(rep).value < 0.8


def test_factors_without_a_latent_count_zero_and_noise_scores_nothing() -> None:
    score = mcc(Representation.from_arrays(SOURCES[:, :1], SOURCES))
    assert score.value == pytest.approx(0.5)
    np.testing.assert_array_equal(score.arrays["latent"], [0, -1])
    assert mcc(Representation.from_arrays(noise(20_000, 4), SOURCES)).value < 0.03


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"mcc.correlation must be one of: pearson, spearman; got 'kendall'"):
        mcc(on_grid(10, 10), correlation="kendall")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="mcc needs at least 100 rows"):
        mcc(on_grid(3, 4))
    with pytest.raises(UsageError, match="mcc needs at least 1 factors"):
        mcc(on_grid(1, 1).rows(np.zeros(120, dtype=int)))
