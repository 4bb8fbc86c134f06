"""Runs and archives that version 0.1 made are read, with every score under its one name.

`version-0.1/` is what version 0.1 wrote for `old-runs.yaml`: a run directory (without weights) under `runs/`, both runs
in an archive, and the scores that it collected itself. Its names of scores go by their order: `mig` is there what is
`mig(bins=5)` here.
"""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.studies.samples import statuses
from unbraid.cli import app
from unbraid.core import UsageError
from unbraid.studies import RunStatus, Study, collect, load_study, scores_over_training
from unbraid.studies._kept_runs import KeptRuns

OLD = Path(__file__).parent / "version-0.1"


@pytest.fixture
def study() -> Study:
    return load_study(OLD / "old-runs.yaml")


def expected(table: str, runs: list[RunStatus]) -> pd.DataFrame:
    """What version 0.1 collected, under the names of today."""
    frame = pd.read_csv(OLD / f"{table}.csv", keep_default_na=False, na_values={"value": [""]})
    frame = frame[frame["run"].isin([run.run.name for run in runs])].reset_index(drop=True)
    return frame.assign(metric=frame["metric"].replace({"mig": "mig(bins=5)"}))


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    ours = ours[ours["metric"] != "importance"].reset_index(drop=True)  # version 0.1 did not show it
    theirs = theirs.reset_index(drop=True)
    keys = [key for key in theirs if key not in ("value", "reason")]
    values = ours["value"].to_numpy(float), theirs["value"].to_numpy(float)
    return ours[keys].astype(str).equals(theirs[keys].astype(str)) and np.array_equal(*values, equal_nan=True)


def test_a_run_directory_is_read(study: Study) -> None:
    runs = [run for run in statuses(study, OLD / "runs") if run.state == "done"]
    assert len(runs) == 1
    frame = collect(study, runs)
    frame, scores = frame[frame["metric"] != "udr"], expected("scores", runs)  # of two seeds: one has no partner
    assert same(frame, scores[scores["metric"] != "udr"])
    assert same(scores_over_training(runs), expected("progress", runs))
    assert {"traversals", "kl/0"} <= set(runs[0].record.thumbnails())


def test_an_archive_is_refused_with_the_command_that_converts_it(study: Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        statuses(study, tmp_path, OLD / "kept")
    message = str(caught.value)
    assert "an archive must hold a folder of kept runs for each study" in message
    assert (
        f"holds run folders, as version 0.1 kept them. Convert it: unbraid study keep old-runs --root {OLD}" in message
    )


def test_the_command_converts_an_archive_with_its_thumbnails(study: Study, tmp_path: Path) -> None:
    shutil.copytree(OLD / "kept", tmp_path / "root" / "kept")
    words = ["keep", str(OLD / "old-runs.yaml"), "--root", str(tmp_path / "root"), "--archive", str(tmp_path / "new")]
    result = CliRunner().invoke(app, ["study", *words], catch_exceptions=False)
    assert result.exit_code == 0
    assert "2 of 2 runs, 2 new" in result.output.replace("\n", " ")
    kept = statuses(study, tmp_path / "empty", tmp_path / "new")
    assert [run.state for run in kept] == ["done", "done"]
    assert same(collect(study, kept), expected("scores", kept))
    assert same(scores_over_training(kept), expected("progress", kept))
    assert len(KeptRuns(tmp_path / "new" / "old-runs").shared) == 2
    for run in kept:
        with np.load(OLD / "kept" / run.run.name / "pictures.npz") as pictures:
            old, new = dict(pictures), run.record.thumbnails()
        assert set(old) == set(new)
        assert np.array_equal(old["kl/0"], new["kl/0"])
        assert np.abs(old["traversals"].astype(float) - new["traversals"]).mean() < 4
