"""What somebody's metric may return, and what is said where it does not."""

import numpy as np
import pytest

from tests.metrics.codes import on_grid
from unbraid.core import Spec
from unbraid.metrics import intervals, score
from unbraid.stress import responses

REP = on_grid(10, 20)
HERE = "tests.metrics.outside:"


@pytest.mark.parametrize(
    ("metric", "value"),
    [("half", 0.5), ("number", 0.5), ("numpy_number", 0.25), ("no_axes", 0.75), ("whole", 2.0), ("tensor", 0.125)],
)
def test_a_number_is_the_value(metric: str, value: float) -> None:
    answer = score(REP, metrics=HERE + metric)[HERE + metric]
    assert (answer.value, type(answer.value), answer.reason) == (value, float, "")
    assert answer.spec == Spec(HERE + metric)


@pytest.mark.parametrize(
    ("metric", "what"),
    [
        ("nothing", "returned None."),
        ("text", "returned str 'good'."),
        ("truth", "returned bool True."),
        ("column", "returned ndarray of shape (2,)."),
        ("dictionary", "returned dict."),
        ("uneven", "returned list [[0.1, 0.2], [0.3]]."),
        ("fails", "raised ZeroDivisionError: division by zero (outside.py, line "),
        ("fails_in_lines", "raised RuntimeError: first second (outside.py, line "),
        ("score_of_text", "raised TypeError: "),
    ],
)
def test_anything_else_is_missing_and_says_what_a_metric_returns(metric: str, what: str) -> None:
    scores = score(REP, metrics=[HERE + metric, "mig"])
    answer = scores[HERE + metric]
    assert answer.value is None
    assert answer.reason.startswith(f"a metric returns a number or a Score; '{HERE}{metric}' {what}")
    assert "\n" not in answer.reason
    assert scores["mig"].value == pytest.approx(1)


@pytest.mark.parametrize(("metric", "came"), [("not_a_number", "nan"), ("infinite", "-inf")])
def test_what_is_not_finite_is_missing_and_says_how_to_say_so(metric: str, came: str) -> None:
    answer = score(REP, metrics=HERE + metric)[HERE + metric]
    assert (answer.value, answer.reason) == (
        None,
        f"a metric returns a number or a Score, and what does not exist is missing; '{HERE}{metric}' returned {came}; "
        "return Score(None, reason=…).",
    )


def test_a_lack_of_memory_stops_the_work_since_the_score_may_exist() -> None:
    with pytest.raises(MemoryError):
        score(REP, metrics=f"{HERE}too_large")


def test_a_number_has_an_interval_and_answers_to_stress() -> None:
    interval = intervals(REP, f"{HERE}number", draws=5)[f"{HERE}number"]
    assert interval.score.value == 0.5
    assert interval.ends() == (0.5, 0.5)
    answers = responses([f"{HERE}whole", f"{HERE}fails"], "dead", seeds=1)
    assert {type(answer.value) for answer in answers if answer.metric == f"{HERE}whole"} == {float}
    assert all("ZeroDivisionError" in answer.reason for answer in answers if answer.metric == f"{HERE}fails")
    assert np.isfinite([answer.value for answer in answers if answer.value is not None]).all()
