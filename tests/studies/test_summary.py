"""Statistics over runs: worked by hand where that is possible, against their limits where not."""

import numpy as np
import pandas as pd
import pytest

from tests.studies.samples import scores
from unbraid.core import UsageError
from unbraid.studies import (
    rank_correlations,
    selection,
    summary_table,
    variance_shares,
    variance_table,
)


def test_a_summary_leaves_missing_values_out_and_counts_them() -> None:
    table = summary_table(scores(a=[0.2, None, 0.4], b=[None, None])).set_index("label")
    assert table.loc["a", ["runs", "missing", "mean"]].tolist() == [2, 1, pytest.approx(0.3)]
    assert table.loc["b", ["runs", "missing"]].tolist() == [0, 2]
    assert np.isnan(table.loc["b", "mean"])
    assert table.loc["a", "interval"] == "Student's, few runs"


def test_variance_shares_of_a_nested_layout_by_hand() -> None:
    """Objectives differ by 2, hyperparameters within one by 1, seeds by 0.5: squares 1, 0.25 and 0.0625."""
    rows = []
    for objective in (0, 1):
        for group in (0, 1):
            for seed in (0, 1):
                value = 2.0 * objective + 1.0 * group + 0.5 * seed
                rows.append({"objective": objective, "group": f"{objective}{group}", "value": value})
    frame = pd.DataFrame(rows).assign(metric="m", part="")
    total = 1 + 0.25 + 0.0625
    shares = variance_shares(frame, "m")
    expected = {"objective": 1 / total, "hyperparameter": 0.25 / total, "seed": 0.0625 / total}
    assert shares == pytest.approx(expected)
    assert variance_table(frame)["seed"].tolist() == pytest.approx([0.0625 / total])
    assert variance_shares(frame.assign(value=1.0), "m") == {}


def metrics(**values: list[float]) -> pd.DataFrame:
    return pd.concat([scores(a=runs).assign(metric=name) for name, runs in values.items()], ignore_index=True)


def test_rank_agreement_is_spearman_over_runs() -> None:
    table = rank_correlations(metrics(m=[1, 2, 3, 4], n=[1, 4, 9, 16], o=[4, 3, 2, 1]))
    assert table.loc["m", "n"] == pytest.approx(1.0)
    assert table.loc["m", "o"] == pytest.approx(-1.0)
    assert np.isnan(rank_correlations(metrics(m=[1, 2], n=[1, 2])).loc["m", "n"])


def test_selection_says_what_choosing_by_a_label_free_score_gives() -> None:
    frame = metrics(udr=[0.1, 0.2, 0.3, 0.9], mig=[0.1, 0.3, 0.2, 0.6], sap=[4.0, 3.0, 2.0, 1.0], same=[1, 1, 1, 1])
    table = selection(frame).set_index("metric")
    assert set(table.index) == {"mig", "sap"}  # a constant score ranks nothing
    assert table.loc["mig", ["chosen", "mean", "best"]].tolist() == pytest.approx([0.6, 0.3, 0.6])
    assert table.loc["mig", "correlation"] == pytest.approx(0.8)
    assert table.loc["sap", ["chosen", "best", "correlation"]].tolist() == pytest.approx([1.0, 4.0, -1.0])
    with pytest.raises(UsageError, match="selection needs the score 'udr'"):
        selection(metrics(mig=[1, 2, 3, 4]))


def test_a_summary_has_means_of_floors_where_they_were_measured() -> None:
    table = scores(a=[0.2, None, 0.4])
    assert "floor" not in summary_table(table)
    row = summary_table(table.assign(floor=[0.1, None, 0.3], above=[None, None, None])).iloc[0]
    assert row["floor"] == pytest.approx(0.2)
    assert row["above"] is None
