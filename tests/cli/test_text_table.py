"""Tables fit the terminal: fewer columns side by side, never letters under each other."""

import pandas as pd
import pytest
from rich.console import Console
from rich.padding import Padding

from unbraid.cli._printed import printed_baselines, printed_scores
from unbraid.cli._text_table import TextTable

NAMES = ["mutual_information_between_latents", "mig", "downstream_accuracy"]
NOTE = "no more than chance: 0.200, standard deviation 0.08, over 50 permutations of the rows"


def lines(table: object, width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def scored() -> pd.DataFrame:
    rows = {"metric": NAMES, "part": "", "value": [0.123, 0.5, None], "floor": [0.01, 0.2, None]}
    more = {"floor_error": [0.0, 0.02, None], "above": [None, 0.4, None], "p": [None, 0.05, None]}
    return pd.DataFrame({**rows, **more, "reason": ["", "", "needs labels, and these data have none"], "note": NOTE})


def compared() -> pd.DataFrame:
    frames = [scored().assign(baseline=name, layer=0) for name in ("", "untrained", "pca", "ica", "rotated_varimax")]
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("table", [printed_scores(scored()), printed_baselines(compared())], ids=["scores", "beside"])
def test_every_word_is_whole_at_any_width(table: TextTable, width: int) -> None:
    shown = lines(table, width)
    assert max(map(len, shown)) <= width
    words = {word for line in shown for word in line.split()}
    cells = {word for row in [table.headings, *table.rows] for cell in row for word in cell.split()}
    assert words == cells


def test_columns_without_room_stand_below_with_the_keys_and_without_empty_rows() -> None:
    wide = "x" * 20
    table = TextTable(["key", "one", "two"], [["a", wide, ""], ["b", wide, wide]], right=("two",))
    assert [line.rstrip() for line in lines(table, 40)] == [
        "key  one",
        f"a    {wide}",
        f"b    {wide}",
        f"key  {'two':>20}",
        f"b    {wide}",
    ]
    assert len(lines(table, 80)) == 3


def test_it_is_measured_within_padding() -> None:
    table = TextTable(["a", "b"], [["one", "two"]], title="both")
    table.show_header = False
    assert [line.rstrip() for line in lines(Padding(table, (0, 0, 0, 2)), 30)] == ["  both", "  one  two"]
