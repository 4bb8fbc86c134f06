"""A sample of the attacks, and what counts them."""

import math
from pathlib import Path

import pytest

from tests.hostile.__main__ import all_cases, main
from tests.hostile.cases import Case, lacks, result_of, run_all
from tests.hostile.scores import checked_scores
from unbraid.core import UsageError

EVERY = 199  # of some 17,000


def test_a_sample_of_bad_inputs_is_refused_in_three_parts_or_taken(tmp_path: Path) -> None:
    tally = run_all(all_cases(tmp_path, EVERY))
    assert tally.faults == []
    assert tally.total("all", "refused") > 50


def test_a_sample_of_scores_holds_on_hostile_arrays() -> None:
    checks = checked_scores(1, 27)
    assert checks.faults == []
    assert checks.counts.total() > 200


def refuse(message: str) -> None:
    raise UsageError(message)


def test_what_goes_wrong_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    cases = [
        Case("a", "refused", lambda: refuse("rows must be at least 1; got 0; give more")),
        Case("a", "vague", lambda: refuse("no")),
        Case("a", "accepted", lambda: None),
        Case("a", "wrongly accepted", lambda: None, refuse=True),
        Case("a", "traceback", lambda: math.sqrt(-1)),
        Case("b", "lost", file.unlink, keeps=[file]),
    ]
    tally = run_all(cases)
    assert {key: n for key, n in tally.counts.items() if n} == {
        ("a", "refused"): 2,
        ("a", "with all three parts"): 1,
        ("a", "accepted"): 1,
        ("a", "wrongly accepted"): 1,
        ("a", "traceback"): 1,
        ("b", "accepted"): 1,
        ("b", "lost"): 1,
    }
    assert len(tally.faults) == 4
    assert list(tally.lines())[-1].split()[:2] == ["all", "6"]


def test_work_without_end_is_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hostile.cases.SECONDS", 1)

    def forever() -> None:
        while True:
            pass

    assert result_of(Case("a", "forever", forever))[0] == "hung"


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("rows must be at least 1; got 0; give more", ""),
        ("mlp.latents must be a whole number like 10; got None.", ""),
        ("'x' is odd", "a rule"),
        ("rows cannot be fewer", "what came"),
        ("rows cannot be fewer; got 0", "what to do"),
        ("rows must be many; got 0; " + "x" * 2000, "an end"),
    ],
)
def test_a_message_has_three_parts_and_an_end(message: str, part: str) -> None:
    assert lacks(message) == part


def test_the_script_prints_the_counts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hostile.__main__.all_cases", lambda *_: [Case("a", "b", lambda: math.sqrt(-1))])
    monkeypatch.setattr("tests.hostile.__main__.checked_scores", lambda *_: checked_scores(0))
    assert main(1) == 1
    assert "traceback: a: b: ValueError: math domain error" in capsys.readouterr().out
