"""One reading of labels: kinds, level numbers, missing levels, and what is refused."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from unbraid.core import FactorSpace, Labels, UsageError, kinds_of, read_labels

WORDS = ["tube", "cone", "ball", "cone"] * 5


def kinds_in(labels: Labels) -> list[str]:
    return [factor.kind for factor in labels.space.factors]


@pytest.mark.parametrize(
    ("levels", "rows", "kind"),
    [(4, 20, "ordinal"), (4, 19, "continuous"), (256, 1280, "ordinal"), (257, 5000, "continuous"), (1, 5, "ordinal")],
)
@pytest.mark.parametrize("written", [lambda v: v, lambda v: v + 0.5, lambda v: v / 199, lambda v: -7 - v])
def test_numbers_have_levels_by_their_rows_and_not_by_how_they_are_written(levels, rows, kind, written):
    column = written(np.arange(rows) % levels)
    labels = read_labels(column)
    assert kinds_in(labels) == [kind]
    (factor,) = labels.space.factors
    assert factor.size == (levels if kind == "ordinal" else 0)
    if kind == "ordinal":
        assert labels.factors.dtype == np.int64
        assert np.array_equal(labels.space.values(labels.factors)[:, 0], column)


@pytest.mark.parametrize(
    "column",
    [
        np.array(WORDS),
        np.array(WORDS, dtype=object),
        np.array([word.encode() for word in WORDS]),
        WORDS,
        pd.Series(WORDS),
        pd.Series(WORDS, dtype="string"),
        pd.Series(WORDS, dtype="category"),
        [f" {word} " for word in WORDS],
    ],
)
def test_text_is_categorical_in_alphabetical_order_however_it_is_held(column):
    labels = read_labels({"shape": column})
    (factor,) = labels.space.factors
    assert (factor.kind, factor.labels) == ("categorical", ("ball", "cone", "tube"))
    assert labels.factors[:4, 0].tolist() == [2, 1, 0, 1]
    assert labels.missing is None


@pytest.mark.parametrize(
    "column",
    [
        np.array([1.5, 2.5] * 10),
        [1.5, 2.5] * 10,
        np.array([1.5, 2.5] * 10, dtype=object),
        np.array([Decimal("1.5"), Decimal("2.5")] * 10),
        np.array([1.5, 2.5] * 10, dtype=np.float16),
        pd.Series([1.5, 2.5] * 10),
        pd.Series([1.5, 2.5] * 10, dtype="Float64"),
        pd.Series([1.5, 2.5] * 10, dtype="float64[pyarrow]"),
    ],
)
def test_numbers_are_numbers_however_they_are_held(column):
    (factor,) = read_labels(pd.DataFrame({"x": column})).space.factors
    assert (factor.kind, factor.values) == ("ordinal", (1.5, 2.5))


def test_categories_keep_the_order_of_their_dtype_and_ordered_ones_are_ordinal():
    held = pd.Categorical(WORDS, ["tube", "cone", "egg", "ball"])
    plain, ordered = read_labels(pd.DataFrame({"a": held, "b": held.as_ordered()})).space.factors
    assert (plain.kind, plain.labels) == ("categorical", ("tube", "cone", "ball"))
    assert (ordered.kind, ordered.labels) == ("ordinal", ("tube", "cone", "ball"))


@pytest.mark.parametrize("column", [np.array([True, False] * 5), pd.Series([True, False] * 5, dtype="boolean")])
def test_booleans_are_categorical(column):
    (factor,) = read_labels(column).space.factors
    assert (factor.kind, factor.labels) == ("categorical", ("False", "True"))


@pytest.mark.parametrize(
    ("column", "where", "levels"),
    [
        (np.array([1.0, np.nan, 2.0] * 10), 1, (1.0, 2.0)),
        (pd.Series([1, None, 2] * 10, dtype="Int64"), 1, (1.0, 2.0)),
        (np.array([1, None, 2] * 10, dtype=object), 1, (1.0, 2.0)),
        (np.array(["b", "", "a"] * 10), 1, ("a", "b")),
        (["b", None, "a"] * 10, 1, ("a", "b")),
        (pd.Series(["b", pd.NA, "a"] * 10, dtype="string"), 1, ("a", "b")),
        (pd.Series(["b", "  ", "a"] * 10, dtype="category"), 1, ("a", "b")),
        (pd.Series(["b", None, "a"] * 10, dtype="category"), 1, ("a", "b")),
        (pd.Series([True, None, False] * 10, dtype="boolean"), 1, ("False", "True")),
        ([True, None, False] * 10, 1, ("False", "True")),
    ],
)
def test_missing_levels_are_a_mask_and_no_level(column, where, levels):
    labels = read_labels(column)
    assert labels.missing is not None
    assert labels.missing[:, 0].tolist() == [row % 3 == where for row in range(30)]
    (factor,) = labels.space.factors
    assert (factor.labels or factor.values) == levels
    assert "missing in 10 of 30 rows" in labels.described()[0]


def test_rows_that_lack_a_level_do_not_count_towards_rows_per_level():
    column = np.repeat([0.0, 1.0, 2.0, np.nan], [5, 5, 4, 6])
    assert kinds_in(read_labels(column)) == ["continuous"]


def test_kinds_that_are_said_are_taken():
    table = {"a": np.arange(30) % 3, "b": np.arange(30) * 36.0, "c": np.arange(30) % 2, "d": np.arange(30)}
    said = {"a": "categorical", "b": "circular:360", "c": "continuous", "d": "ordinal"}
    for kinds in (said, list(said.values())):
        a, b, c, d = read_labels(table, kinds=kinds).space.factors
        assert (a.kind, a.labels) == ("categorical", ("0", "1", "2"))
        assert (b.kind, b.size, b.period) == ("circular", 0, 360.0)
        assert (c.kind, c.size) == ("continuous", 0)
        assert (d.kind, d.size) == ("ordinal", 30)
    assert kinds_in(read_labels(table, kinds=["", "circular:360", "", ""])) == [
        "ordinal",
        "circular",
        "ordinal",
        "continuous",
    ]


def test_angles_a_turn_apart_are_one_level():
    angles = np.array([10.1, 370.1, -349.9, 730.1, 180.0, -180.0] * 5)
    labels = read_labels({"angle": angles}, kinds={"angle": "circular:360"})
    assert labels.space.factors[0].values == (10.1, 180.0)
    tiny = read_labels({"angle": np.array([-1e-17, 1.0] * 5)}, kinds={"angle": "circular:360"})
    assert tiny.space.factors[0].values == (0.0, 1.0)


def test_each_column_of_a_mixed_table_keeps_its_type():
    rows = [["tube", 3.5, True], ["cone", 4.5, False]] * 5
    for table in (rows, np.array(rows, dtype=object), pd.DataFrame(rows)):
        assert kinds_in(read_labels(table)) == ["categorical", "ordinal", "categorical"]
    assert read_labels(rows).space.names == ("factor 0", "factor 1", "factor 2")
    assert read_labels(pd.Series([1, 2] * 5, name="age")).space.names == ("age",)


def test_a_table_without_columns_is_a_space_without_factors():
    labels = read_labels(np.empty((4, 0)))
    assert (labels.space, labels.factors.shape) == (FactorSpace(()), (4, 0))


def test_what_was_decided_is_said_in_one_line_a_factor():
    table = pd.DataFrame(
        {"shape": WORDS, "x": np.arange(20) % 4 + 0.5, "age": np.linspace(1, 9, 20), "angle": np.arange(20) * 36 % 360}
    )
    assert read_labels(table, kinds={"angle": "circular:360"}).described() == (
        "shape: categorical, 3 levels: ball, cone, tube",
        "x: ordinal, 4 levels: 0.5, 1.5, 2.5, 3.5",
        "age: continuous, 1 … 9",
        "angle: circular (a turn is 360), 0 … 324",
    )
    assert read_labels(np.repeat(np.arange(9), 5)).described() == ("factor 0: ordinal, 9 levels: 0 … 8",)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ({"a": [np.nan] * 5, "b": [1] * 5}, {}, "factor 'a' must have a value in some row; got none; leave"),
        ({"a": [None] * 5}, {}, "factor 'a' must have a value in some row"),
        ({"a": [""] * 5}, {}, "factor 'a' must have a value in some row"),
        ({"a": [1.0, np.inf]}, {}, "factor 'a' must be finite; got infinity, first in row 1"),
        ({"a": np.array([1j, 2])}, {}, "factor 'a' must hold numbers, text, booleans or categories; got complex"),
        ({"a": pd.to_datetime(["2026-01-01"] * 3)}, {}, "must hold numbers, text, .*; got datetime"),
        ({"a": np.array([[1], 2], dtype=object)}, {}, "must hold numbers, text, booleans or categories; got mixed"),
        ({"a": np.zeros((3, 2))}, {}, r"factor 'a' must be one value per row; got shape \(3, 2\)"),
        ({"a": [1, 2], "b": [1]}, {}, r"columns of labels must have the same number of rows; got \[1, 2\]"),
        (np.zeros((2, 2, 2)), {}, r"factors must be a matrix \[N, K\]"),
        (np.zeros((5, 2)), {"names": ["a"]}, r"names must hold one name per column of factors \(2\)"),
        (np.zeros((5, 2)), {"names": ["a", "a"]}, "factor names must differ"),
        (np.zeros((5, 2)), {"kinds": ["ordinal"]}, r"kinds must hold one kind per factor \(2\)"),
        (np.zeros((5, 1)), {"kinds": {"factor": "ordinal"}}, "a factor with a kind must be one of: factor 0"),
        (np.zeros((5, 1)), {"kinds": "ordnal"}, "the kind of factor 'factor 0' must be one of.*Did you mean 'ordinal'"),
        (np.zeros((5, 1)), {"kinds": "circular:-1"}, "a full turn must be a positive number"),
        (np.zeros((5, 1)), {"kinds": "circular:x"}, "a full turn must be a positive number"),
        (np.zeros((5, 1)), {"kinds": "ordinal:3"}, "of circular factors only"),
        ({"a": WORDS}, {"kinds": "ordinal"}, "text has no order of its own; got kind ordinal for 'a'"),
        ({"a": WORDS}, {"kinds": "circular:360"}, "a circular factor must hold numbers; got 'a', which holds text"),
        ({"a": [True, False]}, {"kinds": "continuous"}, "a continuous factor must hold numbers"),
    ],
)
def test_what_is_no_label_is_refused(table: Any, options: dict[str, Any], message: str):
    with pytest.raises(UsageError, match=message):
        read_labels(table, **options)


def test_kinds_from_the_command_line():
    assert kinds_of(["angle=circular:360", "a = b=categorical"]) == {"angle": "circular:360", "a = b": "categorical"}
    for entry, message in (("angle", "NAME=KIND"), ("=ordinal", "NAME=KIND"), ("a=ordnal", "Did you mean 'ordinal'")):
        with pytest.raises(UsageError, match=message):
            kinds_of([entry])
