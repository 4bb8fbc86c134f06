import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tests.metrics.codes import at_random, noise, on_grid, rng
from tests.metrics.test_factor_vae_score import SIZES, blended
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.beta_vae_score import beta_vae_score, mean_difference


def one_point_at_a_time(rep: Representation, batch: int, points: int, seed: int) -> float:
    """The score written as its paper tells it, one point after the other, by rows that are looked up."""
    draw = np.random.default_rng(seed)
    features, labels = [], []
    for _ in range(points):
        k = draw.integers(len(rep.space))
        first, second = (
            np.stack([draw.integers(size, size=batch) for size in rep.space.sizes], axis=1) for _ in range(2)
        )
        second[:, k] = first[:, k]
        z = [rep.code[rep.space.index(levels)] for levels in (first, second)]
        features.append(np.abs(z[0] - z[1]).mean(axis=0))
        labels.append(k)
    half = points // 2
    fitted = LogisticRegression(max_iter=1000).fit(features[:half], labels[:half])
    return float(fitted.score(features[half:], labels[half:]))


def test_the_feature_by_hand() -> None:
    first = np.array([[[1.0, 5.0]], [[3.0, 5.0]]])  # 2 pairs, 1 point, 2 latents
    np.testing.assert_array_equal(mean_difference(first, np.array([[[0.0, 5.0]], [[5.0, 4.0]]])), [[1.5, 0.5]])


def test_one_factor_per_latent_is_perfect_on_a_grid_and_on_rows() -> None:
    assert beta_vae_score(on_grid(*SIZES), rng()).value == 1
    factors = at_random(3000, *SIZES)
    assert beta_vae_score(Representation.from_arrays(factors * 1.0, factors), rng()).value == 1


def test_noise_is_at_chance() -> None:
    rep = Representation.from_arrays(noise(5000, 4), at_random(5000, *SIZES))
    assert beta_vae_score(rep, rng()).value == pytest.approx(0.25, abs=0.03)


def test_agrees_with_one_point_at_a_time() -> None:
    rep = blended()
    ours = np.mean([beta_vae_score(rep, rng(s), batch=4).value for s in range(3)])
    theirs = one_point_at_a_time(rep, 4, 4000, 9)
    assert 0.3 < theirs < 0.95
    assert ours == pytest.approx(theirs, abs=0.04)


def test_rows_drawn_from_the_grid_score_as_the_grid() -> None:
    rep = blended()
    rows = rep.rows(np.random.default_rng(3).integers(len(rep), size=20_000))
    grid, sampled = beta_vae_score(rep, rng(), batch=8).value, beta_vae_score(rows, rng(), batch=8).value
    assert sampled == pytest.approx(grid, abs=0.03)


def test_a_constant_latent_changes_nothing() -> None:
    rep = blended()
    wider = on_grid(*SIZES, code=np.hstack([rep.code, np.full((360, 1), 3.0)]))
    assert beta_vae_score(wider, rng(), batch=4).value == pytest.approx(
        beta_vae_score(rep, rng(), batch=4).value, abs=0.03
    )


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"beta_vae_score.batch must be at least 1; got 0"):
        beta_vae_score(blended(), rng(), batch=0)
    with pytest.raises(UsageError, match="beta_vae_score needs at least 100 rows"):
        beta_vae_score(on_grid(2, 3), rng())
    with pytest.raises(UsageError, match="beta_vae_score needs at least 2 factors"):
        beta_vae_score(on_grid(120, 1), rng())
