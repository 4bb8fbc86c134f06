"""The order of learning."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.studies.samples import done, statuses, tiny
from unbraid.studies import collect, importances
from unbraid.studies._learning_order import _rows, known_over_training


def test_what_is_known_is_a_mean_over_training_of_the_first_layer() -> None:
    rows = [(10, 0, "x", -0.5), (20, 0, "x", 1.0), (10, 0, "y", 0.2), (20, 0, "y", 0.4), (10, 1, "y", 9.0)]
    frame = pd.DataFrame(rows, columns=["step", "layer", "part", "value"]).assign(metric="r2")
    assert known_over_training(frame) == pytest.approx({"x": 0.5, "y": 0.3})


def test_the_order_is_a_rank_correlation_with_importance() -> None:
    known = {"x": 0.9, "y": 0.8, "shape": 0.3, "angle": 0.1}
    assert _rows(known, {"x": 4.0, "y": 3.0, "shape": 2.0, "angle": 1.0})[0]["value"] == 1.0
    assert _rows(known, {"x": 1.0, "y": 2.0, "shape": 3.0, "angle": 4.0})[0]["value"] == -1.0
    level = _rows(known, dict.fromkeys(known, 0.01))
    assert (level[0]["value"], len(level)) == (None, 1)
    assert "equally important" in level[0]["reason"]


def test_runs_that_note_scores_have_an_order(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={"objective": ["vae"]}, seeds=1, every=10, metrics=["r2", "assignment"])
    assert done(study, tmp_path) == ["done"]
    runs = statuses(study, tmp_path)
    frame = collect(study, runs)
    assert set(frame.loc[frame["metric"] == "learning_order", "part"]) >= {""}
    kept = list((runs[0].folder.parent / "together").glob("importance-*.json"))
    assert json.loads(kept[0].read_text())["importance"] == importances(runs[0])
