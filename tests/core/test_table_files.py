"""Tables as programs write them: separators, encodings, decimal signs, names of rows; and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unbraid.core import UsageError
from unbraid.core.matched import matched_rows
from unbraid.core.table_files import read_csv, read_table
from unbraid.core.tables import row_names

TEXT = "shape,size\nball,0.5\ncone,1.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_marks_of_byte_order(tmp_path: Path, encoding: str, separator: str) -> None:
    (tmp_path / "t.csv").write_text(TEXT.replace(",", separator), encoding=encoding)
    frame = read_table(tmp_path / "t.csv")
    assert frame.columns.tolist() == ["shape", "size"]
    assert frame["size"].tolist() == [0.5, 1.5]


def test_decimal_commas_thousands_and_gaps(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b;c;d\n0,5;1.234,5;7;x,y\n;2.000,0;,5;z\n-1,5e3;1.234.567;1;u\n")
    frame = read_table(tmp_path / "t.csv")
    assert frame["a"].fillna(-9).tolist() == [0.5, -9, -1500]
    assert frame["b"].tolist() == [1234.5, 2000.0, 1234567]
    assert frame["c"].tolist() == [7, 0.5, 1]
    assert frame["d"].tolist() == ["x,y", "z", "u"]
    (tmp_path / "t.csv").write_text('a,b\n"0,5",1\n"1,25",2\n')
    assert read_table(tmp_path / "t.csv")["a"].tolist() == [0.5, 1.25]


def test_row_names_without_a_heading_stand_first(tmp_path: Path) -> None:
    """As R's write.table writes them; the last column was lost."""
    (tmp_path / "t.csv").write_text("shape,size\n1,ball,0.5\n2,cone,1.5\n")
    frame = read_table(tmp_path / "t.csv")
    assert frame.columns.tolist() == ["Unnamed: 0", "shape", "size"]
    assert row_names(frame) == ["Unnamed: 0", "shape"]  # two words in two rows name them
    assert frame["size"].tolist() == [0.5, 1.5]


def test_parquet_with_an_index_of_names(tmp_path: Path) -> None:
    frame = pd.DataFrame({"size": [0.5, 1.5]}, index=pd.Index(["a.png", "b.png"], name="file"))
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").columns.tolist() == ["file", "size"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"shape,size\nb\xe4ll,1\n", "in UTF-8 or UTF-16; reading it failed: .*; save it again as UTF-8"),
        (b"<!DOCTYPE html><title>Sign in</title>", r"must be a file of data; got a saved web page \(HTML\)"),
        (b"a;b\n1;2\n3;4;5;6\n", "columns parted by semicolons, failed: .*line 3"),
        (b'a,b\n"1,234",1\n"2,345",2\n', "'1,234' in column 'a', whose comma may part thousands; write decimal points"),
        (b"a, a\n1,2\n", "must have names that differ; got two called a; rename one of them"),
        (b"a,b\n1,2,3,4\n", "columns parted by commas, failed"),
        (b"a,b\n", "rows below it; got 0 rows"),
        (b"", "must be a file of data; got an empty file; copy or fetch it again, whole"),
        (b"\xef\xbb\xbf", "got an empty file"),
        (b"\n", "must be a CSV with a header line; .*; give each row a cell for each column"),
        (b"a,b\n0,5,1\n0,7,1\n", "in each row; such first cells must name the row; got '0' twice below .* a,b; name"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(text)
    with pytest.raises(UsageError, match=message):
        read_csv(tmp_path / "t.csv")


def test_other_endings_and_damaged_parquet_are_refused(tmp_path: Path) -> None:
    for name, message in [("t.xlsx", "a table must end in .csv"), ("t.parquet", "must be a whole Parquet file")]:
        (tmp_path / name).write_bytes(b"PAR1 no more")
        with pytest.raises(UsageError, match=message):
            read_table(tmp_path / name)
    with pytest.raises(UsageError, match=r"nowhere\.parquet, which is not there"):
        read_table(tmp_path / "nowhere.parquet")


def test_what_only_names_or_counts_the_rows() -> None:
    rows = np.arange(40)
    order = np.random.default_rng(0).permutation(40)
    frame = pd.DataFrame(
        {
            "counter": rows,
            "shuffled": order + 1,
            "image_id": order * 7,
            "file": [f"a/{k % 39}.PNG" for k in rows],
            "caption": [f"number {k % 38}" for k in rows],
            "__index_level_0__": rows % 3,
            "level": rows % 4,
            "flag": rows % 2 == 0,
            "real": order / 7,
            "word": np.array(["a", "b", "c"])[rows % 3],
        }
    )
    assert row_names(frame) == ["counter", "shuffled", "image_id", "file", "caption", "__index_level_0__"]


def test_labels_are_matched_by_name_in_any_order() -> None:
    table = pd.DataFrame({"size": [1, 2, 3, 4], "id": ["x/b.png", "a.png", "c.png", "e.png"]})
    kept, left_out, said = matched_rows(table, ["a.png", "b.png", "d.png"], 3, "labels.csv")
    assert kept["size"].fillna(-1).tolist() == [2, 1, -1]
    assert left_out == ["id"]
    assert said == "matched by 'id'; 1 of 3 have none; 2 rows of labels are of none of them"
    kept, _, said = matched_rows(table, ["a.jpg", "b.jpg"], 2, "labels.csv")
    assert kept["size"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("table", "names", "message"),
    [
        ({"a": [1, 2]}, None, r"labels in labels.csv must be 3, one for each row, or name their rows; got 2 rows"),
        ({"id": ["u", "v"], "a": [1, 2]}, ["x", "y", "z"], "got 2 rows, none by its name"),
        ({"id": ["x", "x", "y"], "a": [1, 2, 3]}, ["x", "y", "z"], "must list each row once; got 'x' twice"),
        ({"id": ["x", "y", "z"]}, ["x", "y", "z"], "must hold a label beside the names of rows; got id"),
    ],
)
def test_labels_that_are_of_other_rows_are_refused(table: dict, names: list[str] | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matched_rows(pd.DataFrame(table), names, 3, "labels.csv")
