"""Manipulation checks and evaluation-mode losses of a study's runs."""

from pathlib import Path

import pandas as pd

from tests.studies.samples import done, statuses, tiny
from unbraid.evaluation import CHECK_NAMES
from unbraid.store import CHECKS, METRICS, MODEL, RunDirectory
from unbraid.studies import RunFolder, collect

ROWS = pd.DataFrame(
    [
        {"check": "check/active_latents", "layer": 0, "part": "", "value": 3.0, "reason": "", "note": "of 3"},
        {"check": "check/plateau", "layer": 0, "part": "", "value": None, "reason": "one row", "note": ""},
    ]
)


def test_collect_shows_the_table_of_checks_as_metrics(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={}, seeds=1)
    assert done(study, tmp_path / "runs") == ["done"]
    (status,) = statuses(study, tmp_path / "runs")
    assert isinstance(status.record, RunFolder)
    status.record.files.write_table(CHECKS, ROWS)
    frame = collect(study, [status])
    checks = frame[frame["metric"].str.startswith("check/")].set_index("metric")
    assert checks.loc["check/active_latents", ["value", "note"]].tolist() == [3.0, "of 3"]
    assert pd.isna(checks.loc["check/plateau", "value"])
    assert checks.loc["check/plateau", "reason"] == "one row"
    assert checks["run"].nunique() == 1
    assert set(checks["objective"]) == {"beta_vae"}


def test_workers_check_each_run_and_top_up_those_that_were_done_before(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={}, seeds=1)
    assert done(study, tmp_path / "runs") == ["done"]
    (status,) = statuses(study, tmp_path / "runs")
    frame = collect(study, [status])
    expected = set(CHECK_NAMES) - {"check/critic_share", "heldout/head"}
    assert expected <= set(frame["metric"])
    trained = (status.folder / MODEL).stat().st_mtime_ns
    assert done(study, tmp_path / "runs") == []
    (status.folder / CHECKS).unlink()
    scores = RunDirectory(status.folder).read_table(METRICS)
    without = scores.drop(columns=["floor", "floor_error", "above", "p", "permutations"])
    RunDirectory(status.folder).write_table(METRICS, without)
    assert [status.state for status in statuses(study, tmp_path / "runs")] == ["done"]  # its scores may be read
    assert done(study, tmp_path / "runs") == ["done"]
    pd.testing.assert_frame_equal(collect(study, [status]), frame)
    assert (status.folder / MODEL).stat().st_mtime_ns == trained
    assert done(study, tmp_path / "runs") == []
