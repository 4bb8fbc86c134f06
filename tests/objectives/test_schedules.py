"""Schedules: values at hand-worked steps, and what is refused."""

import pytest

from unbraid.objectives import Schedule, schedule


def test_a_ramp_waits_rises_and_holds() -> None:
    ramp = Schedule(2.0, 10.0, steps=4, delay=3)
    assert [ramp(step) for step in (0, 2, 3, 5, 7, 100)] == [2.0, 2.0, 2.0, 6.0, 10.0, 10.0]
    assert ramp.final == 10.0


def test_no_steps_is_the_end_at_once_and_ramps_may_fall() -> None:
    assert Schedule(1.0, 5.0)(0) == 5.0
    assert Schedule(5.0, 1.0, 4)(1) == 4.0


def test_numbers_mappings_and_schedules_are_taken() -> None:
    assert schedule(3, "beta") == Schedule(3.0, 3.0)
    assert schedule({"start": 0, "stop": 4, "steps": 10}, "beta")(5) == 2.0
    assert schedule(Schedule(1.0, 2.0), "beta") == Schedule(1.0, 2.0)


@pytest.mark.parametrize("given", ["4", True, {"start": 0}, {"start": 0, "stop": 1, "steps": 2, "stpe": 3}, None])
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="beta must be a number or a schedule"):
        schedule(given, "beta")  # type: ignore[arg-type]


def test_negative_times_and_text_are_refused() -> None:
    with pytest.raises(ValueError, match="steps and delay must not be negative"):
        Schedule(0.0, 1.0, steps=-1)
    with pytest.raises(ValueError, match="must be finite numbers"):
        schedule({"start": "0", "stop": 1, "steps": 2}, "beta")
    with pytest.raises(ValueError, match="must be finite numbers"):
        schedule(float("nan"), "beta")


def test_a_ramp_without_steps_is_refused_unless_it_waits() -> None:
    refused = pytest.raises(
        ValueError, match=r"beta: a ramp from start to stop must take steps; got .*; give steps, a delay, or 4 alone"
    )
    with refused:
        schedule({"start": 0, "stop": 4, "steps": 0}, "beta")
    assert schedule({"start": 0, "stop": 4, "steps": 0, "delay": 3}, "beta")(2) == 0.0
    assert schedule({"start": 4, "stop": 4, "steps": 0}, "beta")(0) == 4.0
