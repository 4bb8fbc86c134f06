"""Tables on the terminal."""

import pandas as pd
from rich.console import Console

from unbraid.cli._frames import printed_frame
from unbraid.cli._printed import difference_hint, printed_differences, printed_scores
from unbraid.cli._text_table import TextTable


def printed(table: TextTable) -> list[str]:
    """The lines that are printed, their cells separated by one space."""
    console = Console(width=100)
    with console.capture() as capture:
        console.print(table)
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_scores_stand_with_their_intervals_and_missing_ones_with_their_reason() -> None:
    frame = pd.DataFrame(
        {
            "metric": ["mig", "mig", "dci"],
            "part": ["", "posX", ""],
            "value": [0.25, 0.5, None],
            "low": [0.2, None, None],
            "high": [0.3, None, None],
            "reason": [None, None, "too few rows"],
        }
    )
    assert printed(printed_scores(frame))[1:] == ["mig 0.250 0.200 … 0.300", "dci — too few rows"]
    assert printed(printed_scores(frame.drop(columns=["low", "high"])))[1] == "mig 0.250"


def test_brackets_in_cells_are_no_markup() -> None:
    frame = pd.DataFrame({"metric": ["best(group=[a, b])"], "part": "", "value": [0.5], "reason": None})
    assert printed(printed_scores(frame))[1] == "best(group=[a, b]) 0.500"


def test_layers_are_named_where_there_are_several() -> None:
    frame = pd.DataFrame({"layer": [0, 1], "metric": "mig", "part": "", "value": [0.1, 0.2], "reason": None})
    assert printed(printed_scores(frame)) == ["layer metric score", "0 mig 0.100", "1 mig 0.200"]
    assert printed(printed_scores(frame[:1])) == ["metric score", "mig 0.100"]


COMPARED = pd.DataFrame(
    {
        "metric": ["mig", "sap", "dci", "irs"],
        "first": [0.5, 0.1, 0.3, None],
        "second": [0.8, 0.4, 0.3, None],
        "low": [0.2, -0.4, -0.1, None],
        "high": [0.4, -0.2, 0.1, None],
        "p": [0.0001, 0.004, 0.9, None],
        "holm": [0.0004, 0.012, 1.0, None],
        "shows": [0.08, 0.09, 0.1, None],
        "above_first": [0.4, None, None, None],
        "above_second": [0.7, None, None, None],
        "above_low": [0.25, None, None, None],
        "above_high": [0.35, None, None, None],
        "above_p": [0.00001, None, None, None],
        "above_holm": [0.00004, None, None, None],
        "above_shows": [0.07, None, None, None],
        "verdict": ["differ", "differ", "within noise", "unknown"],
        "reason": [None, None, None, "no factors"],
        "note": ["on 300 rows, drawn from the 400 of the larger file"] * 4,
    }
)


def test_differences_say_which_way_what_is_not_known_and_what_the_rows_would_show() -> None:
    assert printed(printed_differences(COMPARED, "a.npz", "b.npz")) == [
        "metric a.npz b.npz difference p shows",
        "mig 0.500 (0.400) 0.800 (0.700) +0.250 … +0.350 <.001 0.070 higher",
        "sap 0.100 0.400 -0.400 … -0.200 0.012 0.090 lower",
        "dci 0.300 0.300 -0.100 … +0.100 1.000 0.100 within noise",
        "irs — — — no factors",
    ]


def test_a_comparison_says_once_what_was_left_out_and_how_many_tests_its_p_is_adjusted_for() -> None:
    hint = difference_hint(COMPARED)
    assert hint.startswith("on 300 rows, drawn from the 400 of the larger file\n")
    assert hint.count("300 rows") == 1
    assert "by Holm for the 4 tests of this table" in hint
    assert difference_hint(COMPARED[3:]) == ""


def test_any_frame_has_dashes_for_missing_printed() -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": [0.5, None], "c": [[1, 2], None]})
    assert printed(printed_frame(frame, 100)[0]) == ["a b c", "x 0.500 [1, 2]", "— — —"]
