"""Intervals: they hold the known truth as often as they say, and widen, narrow and fail for the stated reasons."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from tests.metrics.codes import at_random, noise, on_grid, with_idle_latents
from unbraid.core import Spec, UsageError, context_of
from unbraid.metrics import DEFAULT, Interval, Representation, Score, differences, intervals, score
from unbraid.metrics._resampling import bias, resampling, standard_error

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
    fresh = np.std([score(channel(seed), metrics="mig", floor=False)["mig"].value for seed in range(60)])
    widths = [
        np.subtract(*estimate.ends()[::-1]) / 2 for estimate in (intervals(channel(s), "mig")["mig"] for s in range(5))
    ]
    assert np.mean(widths) / 2.09 == pytest.approx(fresh, rel=0.25)


def test_more_rows_narrow_an_interval_and_a_higher_level_widens_it() -> None:
    few, many = (intervals(noisy(rows, 0.5), "mig")["mig"] for rows in (400, 6400))
    assert np.subtract(*few.ends()) < 2.5 * np.subtract(*many.ends()) < 0
    wider = intervals(noisy(400, 0.5), "mig", level=0.99)["mig"]
    assert wider.low < few.low < few.score.value < few.high < wider.high
    assert wider.method == "99%, 20 parts of the rows left out in turn"


def test_parts_have_intervals_of_their_own() -> None:
    estimates = intervals(noisy(400, 0.5), "mig", draws=6)
    assert set(estimates["mig"].parts) == {"factor 0", "factor 1"}
    low, high = estimates["mig"].ends("factor 1")
    assert low < estimates["mig"].score.parts["factor 1"] < high
    assert estimates["mig"].ends("no such part") == (None, None)


def mean_of_first(rep: Representation) -> float:
    return float(rep.code[:, 0].mean())


def test_a_mean_has_the_interval_of_student_whichever_way_its_rows_are_redrawn() -> None:
    column = np.random.default_rng(3).standard_normal(2000)
    rep = Representation.from_arrays(column, np.arange(2000) % 2)
    spec = Spec.of(mean_of_first)
    parts = np.array_split(np.random.default_rng(4).permutation(2000), 20)
    means = np.array([np.delete(column, part).mean() for part in parts])
    (estimate,) = intervals(rep, mean_of_first, draws=200).values()
    by_halves = np.subtract(*estimate.ends()[::-1])
    assert by_halves / (2 * 1.972) == pytest.approx(column.std() / np.sqrt(2000), rel=0.1)
    assert resampling(spec) == "halves"  # of a metric that declares nothing
    assert standard_error(means, Spec("mig")) == pytest.approx(column.std() / np.sqrt(2000), rel=0.35)
    assert bias(means, float(column.mean()), Spec("mig")) == pytest.approx(0, abs=1e-12)


def test_what_draws_or_splits_rows_is_measured_on_halves_and_the_rest_on_all_but_a_part() -> None:
    random = {name for name in DEFAULT if "rng" in context_of(Spec(name).entry("metrics"))}
    assert random == {name for name in DEFAULT if resampling(Spec(name)) in ("halves", "seeds")}


def test_a_count_over_a_threshold_has_neither_interval_nor_test_and_says_so() -> None:
    estimate, count = intervals(noisy(300, 0.5), ["assignment", "active_latents"]).values()
    assert (count.score.value, count.reason) == (2, estimate.reason)
    assert estimate.score.value is not None
    assert estimate.ends() == (None, None)
    assert estimate.reason == "it counts what is over a threshold and jumps, so that none is known to hold"
    difference = differences(noisy(300, 0.5), noisy(300, 0.9), "assignment")["assignment"]
    assert (difference.p, difference.clear, difference.reason) == (None, None, estimate.reason)


def test_the_error_of_scores_that_draw_a_share_of_the_rows_is_widened_by_what_halves_do_not_show() -> None:
    values = np.random.default_rng(0).standard_normal(20)
    wider = standard_error(values, Spec("best_disentanglement")) / standard_error(values, Spec("sap"))
    assert wider == pytest.approx(1 / np.sqrt(1 - 100 / 500), abs=0.005)


def test_an_interval_holds_where_halves_of_the_rows_are_all_bias() -> None:
    """AAM of a fair code: on half of 500 rows the plug-in bias of its other latents takes it to 0, every time."""
    estimates = [intervals(with_idle_latents(seed), "aam")["aam"] for seed in range(6)]
    truth = np.mean(
        [score(with_idle_latents(seed), metrics="aam", floor=False)["aam"].value for seed in range(100, 130)]
    )
    assert min(estimate.score.value for estimate in estimates) > 0.1
    assert sum(estimate.low <= truth <= estimate.high for estimate in estimates) >= 5


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
    estimate = intervals(noisy(150, 0.3), "sap", draws=5)["sap"]
    assert estimate.score.value is not None
    assert (estimate.low, estimate.high) == (None, None)
    assert "no score on 5 of 5 halves of the rows: sap needs at least 100 rows" in estimate.reason


def above_half(rep: Representation) -> Score:
    """Missing on about half of all redrawn rows, and one of its parts on some."""
    value = float(rep.code[:, 0].mean())
    return Score(value if value < 0.5 else None, reason="" if value < 0.5 else "the mean is large")


def often_without_a_part(rep: Representation) -> Score:
    value = float(rep.code[:, 0].mean())
    return Score(value, {"always": value} | ({"low": value} if value < 0.5 else {}))


def test_a_score_that_some_sets_of_rows_do_not_have_has_no_interval_and_says_on_how_many() -> None:
    rep = Representation.from_arrays(np.tile([0.0, 1.0, 0.49, 0.499], 25), np.arange(100) % 2)
    (estimate,) = intervals(rep, above_half).values()
    assert estimate.score.value is not None
    assert estimate.ends() == (None, None)
    assert re.fullmatch(r"no score on \d+ of 20 halves of the rows: the mean is large", estimate.reason)
    (difference,) = differences(rep, rep, above_half).values()
    assert difference.reason == estimate.reason
    (partly,) = intervals(rep, often_without_a_part).values()
    assert set(partly.parts) == {"always"}
    assert partly.low is not None


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
