"""Exclusive R²: values that were derived first, and what must not move it."""

from typing import Any

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid, rng
from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.metrics import Representation, score
from unbraid.metrics._explained import Ordered, explained
from unbraid.metrics.exclusive_r2 import exclusive_r2

ROWS = 4000


def value(code: Any, factors: Any, **space: Any) -> float:
    given = exclusive_r2(Representation.from_arrays(np.asarray(code, dtype=float), factors, **space)).value
    assert given is not None
    return given


def gaussian(count: int = 2) -> np.ndarray:
    """Continuous factors of Gaussian law, for which closed forms are exact."""
    return rng(3).standard_normal((ROWS, count))


def turned(factors: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return factors @ np.array([[c, -s], [s, c]])


def test_local_means_by_hand() -> None:
    """Four values in two groups of equal rows: each row is predicted by the other one of its group."""
    column = np.array([1.0, 0.0, 1.0, 0.0])
    wanted = np.array([[3.0], [0.0], [1.0], [2.0]])  # groups (0, 2) and (3, 1): every error is 2, every n is 1
    variance = ((wanted - 1.5) ** 2).sum() / 3
    shares = explained([Ordered.of(column)], [wanted], neighbours=1)
    assert shares[0, 0] == pytest.approx(1 - (1 / 2) * 4 / variance)


def test_a_constant_column_explains_nothing_and_the_factor_itself_everything() -> None:
    wanted = noise(50, 1)
    columns = [Ordered.of(np.zeros(50)), Ordered.of(np.repeat(np.arange(10), 5))]
    levels = np.repeat(np.arange(10.0), 5)[:, None]
    assert explained(columns, [wanted], 8)[0, 0] == pytest.approx(0, abs=1e-12)
    assert explained(columns, [levels], 4)[1, 0] == pytest.approx(1, abs=1e-12)


def test_the_share_is_right_on_average_and_noise_reads_none() -> None:
    shares = []
    for seed in range(20):
        factor = rng(seed).standard_normal((1000, 1))
        column = factor[:, 0] + rng(seed + 100).standard_normal(1000)
        shares.append(explained([Ordered.of(column), Ordered.of(noise(1000, 1, seed + 200)[:, 0])], [factor], 20)[:, 0])
    means, errors = np.mean(shares, axis=0), np.std(shares, axis=0, ddof=1) / np.sqrt(20)
    assert np.abs(means - [0.5, 0.0]).max() <= 0.005 + 3 * errors.max()


@pytest.mark.parametrize("degrees", [0, 10, 20, 30, 40, 45])
def test_turned_pairs_have_their_derived_value(degrees: float) -> None:
    c, s = np.cos(np.radians(degrees)) ** 2, np.sin(np.radians(degrees)) ** 2
    factors = gaussian()
    assert value(turned(factors, degrees), factors) == pytest.approx(c - s, abs=0.03)


def test_half_shared_latents_have_their_derived_value() -> None:
    factors = at_random(ROWS, 7, 7)
    code = np.stack([factors.sum(axis=1) / np.sqrt(2), factors[:, 1]], axis=1)
    assert value(code, factors) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("deviation", [0.5, 1.0, 2.0])
def test_noise_lowers_it_as_derived(deviation: float) -> None:
    factors = gaussian()
    code = factors + deviation * noise(ROWS, 2)
    assert value(code, factors) == pytest.approx(1 / (1 + deviation**2), abs=0.03)


def test_lost_factors_and_even_blends() -> None:
    factors = at_random(ROWS, 5, 5, 5, 5)
    code = factors.astype(float)
    code[:, 2:] = noise(ROWS, 2)
    assert value(code, factors) == pytest.approx(0.5, abs=0.01)
    signs = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    assert value(factors @ signs, factors) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("latents", [4, 64])
def test_noise_is_zero_and_beside_latents_changes_nothing(latents: int) -> None:
    factors = at_random(2000, 3, 6, 40)
    assert value(noise(2000, latents), factors) <= 0.02
    code = turned(factors[:, :2].astype(float), 20)
    with_noise = np.concatenate([code, noise(2000, latents)], axis=1)
    assert value(with_noise, factors) == pytest.approx(value(code, factors), abs=0.02)


def test_copies_and_curves_change_nothing() -> None:
    factors = at_random(2000, 7, 7, 7)
    code = np.stack([factors[:, 0] + factors[:, 1], factors[:, 1], factors[:, 2]], axis=1) + 0.3 * noise(2000, 3)
    whole = value(code, factors)
    copied = np.concatenate([code, code[:, :1], -code[:, :1], np.exp(code[:, :1])], axis=1)
    assert value(copied, factors) == pytest.approx(whole, abs=1e-9)
    assert value(np.sinh(2 * code), factors) == pytest.approx(whole, abs=1e-9)


def test_dependent_factors_with_a_latent_each_stay_at_one() -> None:
    factors = at_random(ROWS, 6, 6, 2)
    same = rng(5).random(ROWS) < 0.7
    factors[:, 1] = np.where(same, factors[:, 0], factors[:, 1])
    assert value(factors, factors) > 0.98
    both = np.concatenate([factors[:, :1], factors[:, :1]], axis=1)  # one factor under two names
    assert value(factors[:, :1], both) == pytest.approx(1, abs=1e-9)


def test_kinds_of_factors() -> None:
    """Sine and cosine tell half of a circle each; names of kinds need no order."""
    levels = at_random(ROWS, 40, 5)
    angle = 2 * np.pi * levels[:, 0] / 40
    spaces = FactorSpace((Factor("turn", 40, "circular"), Factor("shape", 5, "categorical")))
    order = np.array([3.0, 1.0, 4.0, 0.0, 2.0])
    code = np.stack([np.sin(angle), np.cos(angle), order[levels[:, 1]]], axis=1)
    code[:, :2] += 1e-3 * noise(ROWS, 2)  # rounding alone would tell apart angles of equal sine
    given = exclusive_r2(Representation.from_arrays(code, levels, space=spaces))
    assert given.parts["turn"] == pytest.approx(0.5, abs=0.02)
    assert given.parts["shape"] > 0.99


def test_digits_of_one_latent_and_traces_have_their_derived_value() -> None:
    factors = at_random(ROWS, 7, 7)
    digits = (7 * factors[:, 0] + factors[:, 1])[:, None]
    given = exclusive_r2(Representation.from_arrays(digits.astype(float), factors))
    assert given.parts["factor 0"] == pytest.approx(48 / 50, abs=0.02)
    assert given.parts["factor 1"] == pytest.approx(0, abs=1e-9)
    trace = factors @ np.array([[1.0, 0.0], [1e-3, 1.0]])
    assert exclusive_r2(Representation.from_arrays(trace, factors)).parts["factor 0"] == pytest.approx(
        48 / 50, abs=0.02
    )


def test_floor_options_and_what_is_refused() -> None:
    rep = on_grid(6, 6, 6)
    given = score(rep, metrics="exclusive_r2", progress=False)["exclusive_r2"]
    assert given.floor is not None
    assert given.floor < 0.05
    assert given.above == pytest.approx(1, abs=1e-6)
    for window, said in ((0.0, "must be above 0"), (0.5, "")):
        if said:
            with pytest.raises(UsageError, match=said):
                exclusive_r2(rep, window=window)
        else:
            assert exclusive_r2(rep, window=window).variant == "window 0.5"
    with pytest.raises(UsageError, match="factor"):
        exclusive_r2(Representation.from_arrays(noise(200, 2), np.zeros((200, 1), dtype=int)))
