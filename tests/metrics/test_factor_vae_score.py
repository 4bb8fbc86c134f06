import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics import Representation
from unbraid.metrics.factor_vae_score import accuracy, factor_vae_score, least_varying, vote_table

SIZES = (3, 4, 5, 6)
BLEND = np.array([[1, 0.8, 0, 0], [0, 1, 0.8, 0], [0, 0, 1, 0.8], [0.8, 0, 0, 1]])


def blended() -> Representation:
    factors = on_grid(*SIZES).factors
    clean = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    return on_grid(*SIZES, code=clean @ BLEND + 0.3 * noise(360, 4))


def one_vote_at_a_time(rep: Representation, batch: int, votes: int, seed: int) -> float:
    """The score written as its paper tells it, one vote after the other, by rows that are looked up."""
    draw = np.random.default_rng(seed)
    overall = rep.code.var(axis=0, ddof=1)
    table = np.zeros((rep.latents, len(rep.space)))
    pairs = []
    for _ in range(votes):
        k = draw.integers(len(rep.space))
        levels = np.stack([draw.integers(size, size=batch) for size in rep.space.sizes], axis=1)
        levels[:, k] = levels[0, k]
        code = rep.code[rep.space.index(levels)]
        pairs.append((np.argmin(code.var(axis=0, ddof=1) / overall), k))
    for winner, k in pairs[: votes // 2]:
        table[winner, k] += 1
    return float(np.mean([table[winner].argmax() == k for winner, k in pairs[votes // 2 :]]))


def test_pieces_by_hand() -> None:
    batches = np.array([[[0.0, 1.0], [5.0, 2.0]], [[2.0, 1.5], [5.1, 4.0]]])  # 2 rows, 2 votes, 2 latents
    np.testing.assert_array_equal(least_varying(batches.copy(), np.array([1.0, 1.0])), [1, 0])
    np.testing.assert_array_equal(least_varying(batches.copy(), np.array([100.0, 1.0])), [0, 0])
    np.testing.assert_array_equal(least_varying(batches, np.array([np.nan, 1.0])), [1, 1])
    winner, fixed = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])
    votes = vote_table(winner, fixed, 2, 2)
    np.testing.assert_array_equal(votes, [[1, 2], [1, 0]])
    assert accuracy(votes, winner, fixed) == 0.75


def test_one_factor_per_latent_is_perfect_on_a_grid_and_on_rows() -> None:
    assert factor_vae_score(on_grid(*SIZES), rng()).value == 1
    factors = at_random(3000, *SIZES)
    assert factor_vae_score(Representation.from_arrays(factors * 0.3, factors), rng()).value == 1


def test_noise_is_at_chance() -> None:
    rep = Representation.from_arrays(noise(5000, 4), at_random(5000, *SIZES))
    assert factor_vae_score(rep, rng()).value == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("batch", [4, 16])
def test_agrees_with_one_vote_at_a_time(batch: int) -> None:
    rep = blended()
    ours = np.mean([factor_vae_score(rep, rng(s), batch=batch).value for s in range(3)])
    theirs = one_vote_at_a_time(rep, batch, 4000, 9)
    assert 0.3 < theirs < 0.99  # a code that neither knows all nor nothing
    assert ours == pytest.approx(theirs, abs=0.04)  # more than three standard deviations of 2,000 votes


def test_rows_drawn_from_the_grid_score_as_the_grid() -> None:
    rep = blended()
    rows = rep.rows(np.random.default_rng(3).integers(len(rep), size=20_000))
    assert not rows.complete
    grid, sampled = factor_vae_score(rep, rng(), batch=8).value, factor_vae_score(rows, rng(), batch=8).value
    assert sampled == pytest.approx(grid, abs=0.03)


def test_constant_latents_never_vote_even_at_threshold_zero() -> None:
    code = np.insert(on_grid(*SIZES).code, 1, 0.7, axis=1)
    for prune in (0.0, 0.05):
        score = factor_vae_score(on_grid(*SIZES, code=code), rng(), prune=prune)
        assert score.value == 1
        assert score.parts["active_latents"] == 4
        assert score.arrays["votes"][1].sum() == 0


def test_pruning_every_latent_leaves_no_score() -> None:
    score = factor_vae_score(on_grid(*SIZES, code=1e-3 * on_grid(*SIZES).code), rng())
    assert score.value is None
    assert score.reason == "no latent has a standard deviation of at least 0.05"


def test_continuous_and_constant_factors() -> None:
    values = np.random.default_rng(0).random((4000, 2))
    factors = np.hstack([values, np.full((4000, 1), 0.5)])
    score = factor_vae_score(Representation.from_arrays(values, factors), rng())
    assert score.value == 1
    assert score.arrays["votes"].shape == (2, 2)


def test_mistakes() -> None:
    with pytest.raises(UsageError, match=r"factor_vae_score.prune must not be negative; got -1"):
        factor_vae_score(blended(), rng(), prune=-1)
    with pytest.raises(UsageError, match=r"factor_vae_score.batch must be at least 2; got 1"):
        factor_vae_score(blended(), rng(), batch=1)
    with pytest.raises(UsageError, match="factor_vae_score needs at least 100 rows"):
        factor_vae_score(on_grid(2, 3), rng())
    with pytest.raises(UsageError, match="factor_vae_score needs at least 2 factors"):
        factor_vae_score(on_grid(120, 1), rng())
