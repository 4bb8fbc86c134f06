"""Manipulation checks and evaluation-mode losses of a study's runs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from benchmarks.again import correlation, summary
from tests.studies.samples import done, statuses, tiny
from unbraid.cli import app
from unbraid.core import UsageError
from unbraid.evaluation import CHECK_NAMES, checks_digest
from unbraid.store import CHECKS, METRICS, MODEL, RunDirectory
from unbraid.studies import RunFolder, collect, keep
from unbraid.studies._kept_runs import KeptRuns
from unbraid.training import fit

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
    folder = RunDirectory(status.folder)
    folder.write_table(CHECKS, folder.read_table(CHECKS).assign(digest="of an earlier version", value=0.0))
    assert done(study, tmp_path / "runs") == ["done"]
    pd.testing.assert_frame_equal(collect(study, [status]), frame)
    (status.folder / CHECKS).unlink()
    scores = RunDirectory(status.folder).read_table(METRICS)
    without = scores.drop(columns=["floor", "floor_error", "above", "p", "permutations"])
    RunDirectory(status.folder).write_table(METRICS, without)
    assert [status.state for status in statuses(study, tmp_path / "runs")] == ["done"]  # its scores may be read
    assert done(study, tmp_path / "runs") == ["done"]
    pd.testing.assert_frame_equal(collect(study, [status]), frame)
    assert (status.folder / MODEL).stat().st_mtime_ns == trained
    assert done(study, tmp_path / "runs") == []


def test_keep_takes_what_trained_runs_lack_and_trains_none(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={}, seeds=2, metrics=["mig"])
    first, _ = statuses(study, tmp_path / "runs")
    fit(first.run.config, first.folder, progress=False)
    arguments = ["study", "keep", str(tmp_path / "tiny.yaml"), "--root", str(tmp_path / "runs"), "--measure"]
    answer = CliRunner().invoke(app, [*arguments, "--archive", str(tmp_path / "kept")], catch_exceptions=False)
    assert "1 of 2 runs, 1 new" in answer.output
    record = KeptRuns(tmp_path / "kept" / "tiny").records()[first.run.name]
    table, scores, rep = record.checks(), record.scores(), record.representation()
    assert table is not None
    assert scores is not None
    assert rep is not None
    assert scores["floor"].notna().any()
    assert set(table["digest"]) == {checks_digest(first.folder)}
    sides = {"larger": {"objective": "beta_vae"}, "smaller": {"objective": "vae"}, "metric": "mig"}
    claim = {"says": "it is larger", "kind": "larger", "smallest_effect": 0.1, **sides}
    undecided = tiny(tmp_path, grid={}, seeds=2, metrics=["mig"], claims=[claim])  # too few seeds to be planned
    assert keep(undecided, tmp_path / "kept", root=tmp_path / "runs", measure=True, progress=False) == 0
    with pytest.raises(UsageError, match="jobs must be at least 1 and at most 10,000; got 0"):
        keep(study, tmp_path / "kept", root=tmp_path / "runs", measure=True, jobs=0)


def test_runs_trained_again_are_compared_score_by_score() -> None:
    rows = [
        ("s", f"r{n}", "mig", 0, "", kept, again)
        for n, (kept, again) in enumerate([(0.1, 0.1), (0.2, 0.3), (0.4, 0.4)])
    ]
    rows += [
        ("s", "r0", "aam", 0, "", None, None),
        ("s", "r1", "aam", 0, "", 0.5, None),
        ("s", "r0", "mig", 0, "x", 0.0, 1.0),
    ]
    frame = pd.DataFrame(rows, columns=["study", "run", "metric", "layer", "part", "value_kept", "value_again"])
    table = summary(frame.astype({"value_kept": float, "value_again": float})).set_index("metric")
    assert table.loc["mig", ["scores", "median_difference"]].tolist() == [3, 0]
    assert table.loc["mig", "equal"] == pytest.approx(2 / 3)
    assert table.loc["mig", "largest_difference"] == pytest.approx(0.1)
    assert table.loc["mig", "correlation"] == pytest.approx(np.corrcoef([0.1, 0.2, 0.4], [0.1, 0.3, 0.4])[0, 1])
    assert table.loc["aam", ["equal", "missing_in_one"]].tolist() == [0.5, 1]
    assert correlation(np.ones(3), np.arange(3)) is None


CLAIM = {
    "says": "it is read",
    "kind": "above",
    "metric": "dci_fast(stages=20)",
    "where": {"objective": "beta_vae"},
    "threshold": 0.1,
}


def test_slow_scores_that_claims_read_above_chance_get_floors(tmp_path: Path) -> None:
    metrics = ["mig", "dci_fast", {"name": "dci_fast", "stages": 20}]
    study = tiny(tmp_path, grid={}, seeds=1, metrics=metrics, claims=[CLAIM])
    (status,) = statuses(study, tmp_path / "runs")
    assert done(study, tmp_path / "runs") == ["done"]
    folder = RunDirectory(status.folder)
    scores = folder.read_table(METRICS)
    assert _floored(scores) == {"mig", "dci_fast(stages=20)"}
    folder.write_table(METRICS, scores.assign(floor=np.nan))  # as runs were scored that no claim asked more of
    assert done(study, tmp_path / "runs") == ["done"]
    assert "dci_fast(stages=20)" in _floored(folder.read_table(METRICS))
    folder.write_table(METRICS, scores.assign(floor=np.nan, note="no floor: 3 of 3 permutations have no score: few"))
    assert done(study, tmp_path / "runs") == []


def _floored(scores: pd.DataFrame) -> set[str]:
    return set(scores.loc[(scores["part"] == "") & scores["floor"].notna(), "metric"])
