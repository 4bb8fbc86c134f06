"""Intervals: they hold the known truth as often as they say, and widen, narrow and fail for the stated reasons."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid
from unbraid.core import Spec, UsageError
from unbraid.metrics import Interval, Representation, Score, differences, intervals
from unbraid.metrics._resampling import BOOTSTRAPPED

FLIP = 0.1  # of a binary factor, on its way to its latent
CHANNEL = 1 + (FLIP * np.log2(FLIP) + (1 - FLIP) * np.log2(1 - FLIP))  # MIG of that latent beside a constant one
TILT = 0.5  # correlation of two Gaussian latents
GAUSSIAN = -0.5 * np.log(1 - TILT**2)  # their total correlation, nats


def channel(seed: int, rows: int = 600) -> Representation:
    rng = np.random.default_rng(seed)
    factor = rng.integers(2, size=rows)
    code = np.stack([factor ^ (rng.random(rows) < FLIP), np.zeros(rows)], axis=1)
    return Representation.from_arrays(code.astype(float), factor)


def gaussian(seed: int, rows: int = 300) -> Representation:
    first, second = np.random.default_rng(seed).standard_normal((2, rows))
    code = np.stack([first, TILT * first + np.sqrt(1 - TILT**2) * second], axis=1)
    return Representation.from_arrays(code, np.arange(rows) % 3)


def noisy(rows: int, amount: float, seed: int = 0) -> Representation:
    factors = at_random(rows, 4, 4)
    return Representation.from_arrays(factors + amount * noise(rows, 2, seed), factors)


def share_that_holds(truth: float, make: Callable[[int], Representation], metric: str, times: int) -> float:
    estimates = [intervals(make(seed), metric, seed=seed)[metric] for seed in range(times)]
    return float(np.mean([estimate.low <= truth <= estimate.high for estimate in estimates]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("truth", "make", "metric"), [(CHANNEL, channel, "mig"), (GAUSSIAN, gaussian, "gaussian_total_correlation")]
)
def test_nineteen_of_twenty_intervals_hold_the_closed_form(
    truth: float, make: Callable[[int], Representation], metric: str
) -> None:
    assert 0.91 <= share_that_holds(truth, make, metric, times=250) <= 0.99  # 3 standard errors of 250 trials


@pytest.mark.slow
def test_one_of_twenty_differences_between_equal_codes_is_called_clear() -> None:
    compared = [differences(channel(2 * s), channel(2 * s + 1), "mig", seed=s)["mig"] for s in range(300)]
    assert 0.01 <= np.mean([difference.clear for difference in compared]) <= 0.09


def test_the_half_width_is_the_spread_over_fresh_samples() -> None:
    fresh = np.std([intervals(channel(seed), "mig", draws=5)["mig"].score.value for seed in range(60)])
    widths = [
        np.subtract(*estimate.ends()[::-1]) / 2 for estimate in (intervals(channel(s), "mig")["mig"] for s in range(5))
    ]
    assert np.mean(widths) / 2.09 == pytest.approx(fresh, rel=0.25)


def test_more_rows_narrow_an_interval_and_a_higher_level_widens_it() -> None:
    few, many = (intervals(noisy(rows, 0.5), "mig")["mig"] for rows in (400, 6400))
    assert np.subtract(*few.ends()) < 2.5 * np.subtract(*many.ends()) < 0
    wider = intervals(noisy(400, 0.5), "mig", level=0.99)["mig"]
    assert wider.low < few.low < few.score.value < few.high < wider.high
    assert wider.method == "99%, 20 halves of the rows"


def test_parts_have_intervals_of_their_own_and_moments_are_bootstrapped() -> None:
    estimates = intervals(noisy(400, 0.5), ["mig", "mcc"], draws=6)
    assert set(estimates["mig"].parts) == {"factor 0", "factor 1"}
    low, high = estimates["mig"].ends("factor 1")
    assert low < estimates["mig"].score.parts["factor 1"] < high
    assert estimates["mig"].ends("no such part") == (None, None)
    assert "6 bootstraps" in estimates["mcc"].method
    assert "mcc" in BOOTSTRAPPED


def test_ends_stay_within_the_range_of_a_score() -> None:
    perfect = noisy(400, 0.0)
    estimates = intervals(perfect, ["mig", "mutual_information_between_latents"], draws=5)
    assert estimates["mig"].high <= 1
    assert estimates["mutual_information_between_latents"].low >= 0


def test_random_scores_of_a_whole_grid_are_measured_with_other_seeds_and_fixed_ones_not_at_all() -> None:
    rng = np.random.default_rng(0)
    grid = on_grid(4, 4, 4, code=rng.standard_normal((64, 3)))
    estimate = intervals(grid, {"name": "flatness", "traversals": 3}, draws=5)["flatness(traversals=3)"]
    assert estimate.method == "95%, 5 seeds on all rows"
    assert estimate.low < estimate.high


def test_a_score_that_halves_cannot_have_is_given_without_an_interval() -> None:
    estimate = intervals(noisy(150, 0.3), "mig", draws=5)["mig"]
    assert estimate.score.value is not None
    assert (estimate.low, estimate.high) == (None, None)
    assert "no score on 5 of 5 halves of the rows: mig needs at least 100 rows" in estimate.reason


def test_a_missing_score_has_no_interval_and_keeps_its_reason() -> None:
    estimate = intervals(noisy(50, 0.3), "mig", draws=5)["mig"]
    assert estimate.score.value is None
    assert estimate.reason == estimate.score.reason != ""
    assert Interval(Score(0.5)).ends() == (None, None)


def test_a_metric_named_twice_is_measured_once_and_its_neighbours_keep_their_own_intervals() -> None:
    alone = intervals(noisy(400, 0.5), "mcc", draws=5)["mcc"]
    measured = intervals(noisy(400, 0.5), ["mig", "mig", {"name": "mig", "bins": 10}, "mcc"], draws=5)
    assert list(measured) == ["mig", "mig(bins=10)", "mcc"]
    assert measured["mcc"].ends() == alone.ends()
    assert measured["mcc"].score.spec == Spec("mcc")
    assert measured["mig"].ends() != measured["mig(bins=10)"].ends()


def test_the_same_seed_gives_the_same_interval() -> None:
    one, two = (intervals(noisy(300, 0.5), "sap", draws=5, seed=3)["sap"] for _ in range(2))
    assert one.ends() == two.ends()


@pytest.mark.parametrize(("options", "message"), [({"level": 1.0}, "between 0 and 1"), ({"draws": 4}, "at least 5")])
def test_levels_and_draws_that_make_no_interval_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        intervals(noisy(300, 0.5), "mig", **options)


def test_progress_runs_once_from_start_to_end() -> None:
    told: list[tuple[int, int]] = []
    intervals(noisy(300, 0.5), "mig", draws=5, progress=lambda name, done, total: told.append((done, total)))
    assert told[0] == (0, 6)
    assert told[-1] == (6, 6)
    assert told == sorted(told)
