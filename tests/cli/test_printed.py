"""Tables on the terminal."""

import pandas as pd
from rich.console import Console
from rich.table import Table

from unbraid.cli._printed import printed_differences, printed_frame, printed_scores


def printed(table: Table) -> list[str]:
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


def test_differences_say_which_way_and_what_is_not_known() -> None:
    frame = pd.DataFrame(
        {
            "metric": ["mig", "sap", "dci", "irs"],
            "first": [0.5, 0.1, 0.3, None],
            "second": [0.2, 0.4, 0.3, None],
            "low": [0.2, -0.4, -0.1, None],
            "high": [0.4, -0.2, 0.1, None],
            "verdict": ["differ", "differ", "within noise", "unknown"],
            "reason": [None, None, None, "no factors"],
        }
    )
    assert printed(printed_differences(frame, "a.npz", "b.npz")) == [
        "metric a.npz b.npz difference",
        "mig 0.500 0.200 +0.200 … +0.400 higher",
        "sap 0.100 0.400 -0.400 … -0.200 lower",
        "dci 0.300 0.300 -0.100 … +0.100 within noise",
        "irs — — — no factors",
    ]


def test_any_frame_has_dashes_for_missing_printed() -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": [0.5, None], "c": [[1, 2], None]})
    assert printed(printed_frame(frame, 100)[0]) == ["a b c", "x 0.500 [1, 2]", "— — —"]
