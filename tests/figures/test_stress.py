"""Scores under stress."""

import pytest

from tests.figures.test_bands import LINE
from unbraid.core import UsageError
from unbraid.figures import png, stress


def sample() -> tuple[tuple, dict]:
    return ({"mig": {"noise": LINE, "rotation": LINE}, "sap": {"noise": LINE}},), {"ideal": {"noise": "falls"}}


def test_a_row_per_score_a_column_per_stressor_and_a_dash_for_what_is_missing() -> None:
    (table,), options = sample()
    axes = stress(table, **options).axes
    assert len(axes) == 4
    assert axes[0].get_title(loc="left") == "noise\nfalls"
    assert [ax.get_ylabel() for ax in axes] == ["mig", "", "sap", ""]
    assert [text.get_text() for text in axes[3].texts] == ["—"]


def test_one_small_picture_has_room_beside_a_long_name() -> None:
    figure = stress({"mypackage.mymodule:my_own_metric": {"noise": LINE}}, cell=1.1)
    png(figure)  # warns, which is an error here, where the name leaves no room
    assert figure.axes[0].get_position().width * figure.get_figwidth() > 0.6  # inches


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(UsageError, match="a band for each score"):
        stress({})
