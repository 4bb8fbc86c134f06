"""Scores under stress."""

import pytest

from tests.figures.test_bands import LINE
from unbraid.core import UsageError
from unbraid.figures.stress import stress


def sample() -> tuple[tuple, dict]:
    return ({"mig": {"noise": LINE, "rotation": LINE}, "sap": {"noise": LINE}},), {"ideal": {"noise": "falls"}}


def test_a_row_per_score_a_column_per_stressor_and_a_dash_for_what_is_missing() -> None:
    (table,), options = sample()
    axes = stress(table, **options).axes
    assert len(axes) == 4
    assert axes[0].get_title(loc="left") == "noise\nfalls"
    assert [ax.get_ylabel() for ax in axes] == ["mig", "", "sap", ""]
    assert [text.get_text() for text in axes[3].texts] == ["—"]


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(UsageError, match="a band for each score"):
        stress({})
