"""Where a few runs lie: by hand, by how often the intervals cover, and what so few runs cannot say."""

from collections.abc import Callable

import numpy as np
import pytest

from unbraid.studies._locations import Ends, interquartile_interval, location, mean_interval, median_interval


def test_locations_by_hand() -> None:
    middle = location(np.array([0.0, 1.0, 2.0, 3.0, 100.0, 2.0, 1.0, 3.0]))
    assert middle["mean"] == 14.0
    assert middle["median"] == 2.0
    assert middle["interquartile_mean"] == 2.0  # of 1, 2, 2, 3: the lowest and the highest two are cut
    assert middle["interquartile_low"] <= 2.0 <= middle["interquartile_high"] < middle["high"]
    assert (middle["median_low"], middle["median_high"]) == (0.0, 100.0)  # of eight, the lowest and the highest


def test_three_runs_have_students_interval_and_not_their_own_extremes() -> None:
    low, high = mean_interval(np.array([0.1, 0.2, 0.6]))
    assert (low, high) == (pytest.approx(0.3 - 0.6572, abs=1e-4), pytest.approx(0.3 + 0.6572, abs=1e-4))  # t = 4.3027
    assert location(np.array([0.1, 0.2, 0.6]))["interval"] == "Student's, few runs"
    assert location(np.arange(6.0))["interval"] == "Student's"


@pytest.mark.parametrize("count", [3, 5, 6, 10, 20])
def test_the_interval_of_a_mean_covers_it_as_often_as_it_says(count: int) -> None:
    draws = np.random.default_rng(count).normal(size=(300, count))
    assert covered(mean_interval, draws) == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize("count", [6, 7, 10, 20])
def test_medians_are_covered_at_least_as_often_whatever_the_law(count: int) -> None:
    draws = np.exp(np.random.default_rng(count).normal(size=(300, count))) - 1.0
    assert covered(median_interval, draws) >= 0.92


def test_middle_halves_are_covered() -> None:
    assert covered(interquartile_interval, np.random.default_rng(0).normal(size=(200, 10))) >= 0.9


def covered(interval: Callable[[np.ndarray], Ends], draws: np.ndarray) -> float:
    ends = [interval(values) for values in draws]
    return float(np.mean([low <= 0 <= high for low, high in ends]))  # type: ignore[operator]


@pytest.mark.parametrize("interval", [median_interval, interquartile_interval])
def test_fewer_than_six_runs_have_no_interval_without_a_law(interval: Callable[[np.ndarray], Ends]) -> None:
    assert interval(np.arange(5.0)) == (None, None)
    assert interval(np.arange(6.0)) != (None, None)


@pytest.mark.parametrize("value", [0.3, 0.0])
def test_equal_runs_have_no_interval_and_say_so(value: float) -> None:
    for count in (3, 8):
        middle = location(np.full(count, value))
        assert middle["interval"] == "all runs equal"
        assert {middle[end] for end in middle if end.endswith(("low", "high"))} == {None}


def test_rounding_errors_are_no_spread() -> None:
    assert location(np.array([0.1 + 0.2, 0.3, 0.3]))["interval"] == "all runs equal"


def test_one_run_and_none() -> None:
    assert location(np.array([0.3]))["interval"] == "one run"
    assert location(np.array([])) == dict.fromkeys(location(np.array([1.0])))


def test_two_peaks_are_said() -> None:
    assert location(np.array([0.1, 0.11, 0.12, 0.5, 0.51, 0.52]))["two_peaked"]
    assert not location(np.arange(6.0))["two_peaked"]
