"""Scores of draws that belong to latents, of rare levels, and of more levels or latents than a score can take."""

import time

import numpy as np
import pytest

from unbraid.core import Factor, FactorSpace
from unbraid.metrics import Representation, score
from unbraid.metrics._information import information_table
from unbraid.metrics._latent_noise import LatentNoise
from unbraid.metrics._sampled import sampled_codes
from unbraid.metrics.factor_vae_score import factor_vae_score
from unbraid.metrics.kl_variance import kl_variance

RNG = np.random.default_rng(0)
GRID = FactorSpace((Factor("x", 8), Factor("y", 8)))
LEVELS = GRID.levels(np.arange(64))
CODE = RNG.standard_normal((64, 5))
LOGVAR = RNG.uniform(-2, 0, (64, 5))
ORDER = np.array([3, 0, 4, 1, 2])
SIGNS = np.array([1, -1, -1, 1, -1])


def noise_by_latent(code: np.ndarray, logvar: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return LatentNoise(code, logvar).draw(rng)


def of(code: np.ndarray, logvar: np.ndarray) -> Representation:
    return Representation.from_arrays(code, LEVELS, logvar=logvar, space=GRID)


@pytest.mark.parametrize("name", ["aam_posterior", "mig_posterior", "mmig_posterior"])
def test_scores_that_draw_from_posteriors_stay_when_latents_are_permuted_turned_or_scaled(name: str) -> None:
    def value(code: np.ndarray, logvar: np.ndarray) -> float:
        (given,) = score(of(code, logvar), metrics=name, floor=False).values()
        assert given.value is not None
        return given.value

    first = value(CODE, LOGVAR)
    assert value(CODE[:, ORDER], LOGVAR[:, ORDER]) == pytest.approx(first, abs=1e-9)
    assert value(CODE * SIGNS, LOGVAR) == pytest.approx(first, abs=1e-9)
    assert value(CODE * 4, LOGVAR + 2 * np.log(4)) == pytest.approx(first, abs=1e-6)
    idle = np.zeros((64, 1))
    assert value(np.hstack([CODE, idle]), np.hstack([LOGVAR, idle])) == pytest.approx(first, abs=1e-9)


def test_noise_moves_and_turns_with_its_latent_and_equal_latents_have_their_own() -> None:
    noise = noise_by_latent(CODE, LOGVAR, np.random.default_rng(1))
    moved = noise_by_latent((CODE * SIGNS)[:, ORDER], LOGVAR[:, ORDER], np.random.default_rng(1))
    np.testing.assert_array_equal(moved, (noise * SIGNS)[:, ORDER])
    assert not np.array_equal(noise, noise_by_latent(CODE, LOGVAR, np.random.default_rng(2)))
    twice = noise_by_latent(
        np.repeat(CODE[:, :1], 2, axis=1), np.repeat(LOGVAR[:, :1], 2, axis=1), np.random.default_rng(1)
    )
    assert abs(np.corrcoef(twice.T)[0, 1]) < 0.5
    many = noise_by_latent(RNG.standard_normal((20_000, 3)), np.zeros((20_000, 3)), np.random.default_rng(1))
    np.testing.assert_allclose(many.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(many.T), np.eye(3), atol=0.05)


def test_sampled_codes_move_with_their_latents() -> None:
    first, _ = sampled_codes(of(CODE, LOGVAR), np.random.default_rng(3), 1.0, "samples")
    moved, _ = sampled_codes(of(CODE[:, ORDER], LOGVAR[:, ORDER]), np.random.default_rng(3), 1.0, "samples")
    np.testing.assert_array_equal(moved.code, first.code[:, ORDER])


def test_a_rare_level_gives_the_factor_vae_score_no_order_of_latents() -> None:
    levels = RNG.integers(0, 3, (400, 2))
    levels[:, 0][levels[:, 0] == 2] = 1
    levels[0, 0] = 2  # one row: in a batch of it, no latent varies
    code = np.hstack([levels + 0.1 * RNG.standard_normal((400, 2)), RNG.standard_normal((400, 2))])
    values = {
        factor_vae_score(Representation.from_arrays(code[:, order], levels), np.random.default_rng(0)).value
        for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1])
    }
    assert len(values) == 1


def test_each_pair_of_latents_is_counted_once() -> None:
    numbers = RNG.integers(0, 5, (300, 6))
    table = information_table(numbers, numbers)
    np.testing.assert_allclose(table, information_table(numbers, numbers.copy()), atol=1e-12)
    np.testing.assert_array_equal(table, table.T)


@pytest.mark.parametrize(("levels", "rows"), [(10_000, 20_000), (400, 400)])
def test_more_levels_than_a_score_can_tell_apart_are_a_reason(levels: int, rows: int) -> None:
    column = np.arange(rows)[:, None] % levels
    space = FactorSpace((Factor("id", levels),))
    rep = Representation.from_arrays(np.random.default_rng(0).standard_normal((rows, 2)), column, space=space)
    began = time.process_time()
    scores = score(rep, metrics=["dci", "dci_fast", "explicitness", "aam", "active_latents"], floor=False)
    assert time.process_time() - began < 3
    for name in ("dci", "dci_fast", "explicitness", "aam"):
        assert f"{name} needs factors of at most 1,024 levels, of two rows each beyond 64; got" in scores[name].reason
        assert "leave 'id' out, or call it continuous" in scores[name].reason


@pytest.mark.parametrize("name", ["infoc", "infom"])
def test_scores_whose_ties_are_broken_by_noise_stay_where_values_are_counted(name: str) -> None:
    code, levels = np.round(RNG.standard_normal((120, 4))), RNG.integers(0, 3, (120, 2))
    metric = {"name": name, "discrete": True}
    values = [
        next(iter(score(given, levels, metrics=[metric], floor=False).values())).value
        for given in (code, code[:, [2, 0, 3, 1]], code * [1, -1, -1, 1])
    ]
    assert values == pytest.approx([values[0]] * 3)


def test_a_variance_of_rounding_errors_is_none() -> None:
    rep = Representation.from_arrays(
        np.full((60, 3), 1e18) + CODE[:60, :3], np.arange(60) % 3, logvar=np.zeros((60, 3))
    )
    assert score(rep, metrics="kl_variance", floor=False)["kl_variance"].value == 0.0


@pytest.mark.parametrize("name", ["infom", "infoc", "infoe", "explicitness"])
def test_codes_of_any_size_have_one_score(name: str) -> None:
    """The squares of such codes are 0, and so was their deviation: noise took their place."""
    draw = np.random.default_rng(3)
    levels = np.stack([draw.integers(0, 4, 300), draw.integers(0, 3, 300)], axis=1)
    code = np.concatenate([levels, levels[:, :1]], axis=1) + 0.5 * draw.standard_normal((300, 3))
    usual, tiny = (score(np.ldexp(code, size), levels, metrics=name)[name] for size in (0, -990))
    assert usual.value == pytest.approx(tiny.value, abs=1e-9)


def test_a_variance_that_rounding_would_move_is_none() -> None:
    draw = np.random.default_rng(0)
    code = 1e12 + 1e12 * np.where(np.arange(120)[:, None] == 7, 1e6, draw.standard_normal((120, 3)))
    logvar = np.full(code.shape, -2.0)
    moved = [code, code[:, [2, 0, 1]], code[:, [1, 2, 0]], code * np.array([1, -1, -1])]
    values = {kl_variance(Representation.from_arrays(z, np.arange(120) % 5, logvar=logvar)).value for z in moved}
    assert len(values) == 1
