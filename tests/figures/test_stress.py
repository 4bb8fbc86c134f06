"""Scores under stress."""

import pytest

from tests.figures.test_bands import LINE
from unbraid.core import UsageError
from unbraid.figures import Band, png, stress


def sample() -> tuple[tuple, dict]:
    return ({"mig": {"noise": LINE, "rotation": LINE}, "sap": {"noise": LINE}},), {"ideal": {"noise": "falls"}}


def test_a_row_per_score_a_column_per_stressor_and_a_dash_for_what_is_missing() -> None:
    (table,), options = sample()
    axes = stress(table, **options).axes
    assert len(axes) == 4
    assert axes[0].get_title(loc="left") == "noise\nfalls"
    assert [ax.get_ylabel() for ax in axes] == ["mig", "", "sap", ""]
    assert [text.get_text() for text in axes[3].texts] == ["—"]


def test_scores_above_chance_are_a_quiet_broken_line_where_they_are_known() -> None:
    (table,), _ = sample()
    low = Band([0.0, 1.0], [0.9, 0.1])
    axes = stress(table, above={"mig": {"noise": low}}).axes
    assert [line.get_linestyle() for line in axes[0].lines] == ["-", "--"]
    assert axes[0].lines[1].get_ydata().tolist() == [0.9, 0.1]
    assert [len(ax.lines) for ax in axes[1:3]] == [1, 1]


def test_one_small_picture_has_room_beside_a_long_name() -> None:
    figure = stress({"mypackage.mymodule:my_own_metric": {"noise": LINE}}, cell=1.1)
    png(figure)  # warns, which is an error here, where the name leaves no room
    assert figure.axes[0].get_position().width * figure.get_figwidth() > 0.6  # inches


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(UsageError, match="a band for each score"):
        stress({})
