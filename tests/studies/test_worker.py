"""Work: each run trained and scored once, wherever it was begun, and what happens when something fails."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.studies.samples import done, statuses, tiny
from unbraid.core import UsageError
from unbraid.metrics import Representation, Score
from unbraid.store import METRICS, MODEL, RunDirectory, in_use, sole_writer
from unbraid.studies import collect, jobs_of, plan, run_job, scores_over_training
from unbraid.studies._progress import PROGRESS
from unbraid.training import RunConfig, fit

ONE = {"grid": {}, "seeds": 1}


def breaks(rep: Representation, *, limit: float = 0.0) -> Score:
    """A metric that fails on some runs."""
    if float(np.abs(rep.code).sum()) > limit:
        raise ZeroDivisionError("nothing to divide")
    return Score(1.0)


def test_asked_twice_trained_once_also_across_studies(tmp_path: Path) -> None:
    first, second = tiny(tmp_path, **ONE), tiny(tmp_path, **ONE, name="other", metrics=["mig", "modularity"])
    assert done(first, tmp_path) == ["done"]
    trained = (statuses(first, tmp_path)[0].folder / MODEL).stat().st_mtime_ns
    assert done(first, tmp_path) == []
    assert statuses(second, tmp_path)[0].folder.parent.name == "tiny"
    assert done(second, tmp_path) == ["done"]  # scored, not trained
    assert not (tmp_path / "other").exists()
    assert (statuses(second, tmp_path)[0].folder / MODEL).stat().st_mtime_ns == trained
    assert [run.state for run in (*statuses(first, tmp_path), *statuses(second, tmp_path))] == ["done", "done"]
    assert "modularity" not in set(collect(first, statuses(first, tmp_path))["metric"])


def test_other_options_rows_or_a_lost_table_are_asked_again(tmp_path: Path) -> None:
    study = tiny(tmp_path, **ONE)
    done(study, tmp_path)
    folder = statuses(study, tmp_path)[0].folder
    for changed in (tiny(tmp_path, **ONE, rows=40), tiny(tmp_path, **ONE, metrics=[{"name": "mig", "bins": 5}])):
        assert [run.state for run in statuses(changed, tmp_path)] == ["left"]
    (folder / METRICS).unlink()
    assert done(study, tmp_path) == ["done"]


def test_a_run_begun_by_hand_or_elsewhere_is_gone_on_with(tmp_path: Path) -> None:
    study = tiny(tmp_path, **ONE)
    config = plan(study)[0].config
    fit(config, tmp_path / "hand" / config.folder_name, until=5)
    run = statuses(study, tmp_path)[0]
    assert (run.state, run.step, run.folder.parent.name) == ("left", 5, "hand")
    assert done(study, tmp_path) == ["done"]
    assert not (tmp_path / "tiny").exists()


def test_a_metric_that_fails_is_missing_and_the_others_go_on(tmp_path: Path) -> None:
    study = tiny(tmp_path, **ONE, metrics=["mig", f"{__name__}:breaks"])
    assert done(study, tmp_path) == ["done"]
    frame = collect(study, statuses(study, tmp_path)).set_index("metric")
    assert frame.loc["mig", "value"].notna().all()
    lost = frame.loc[f"{__name__}:breaks"]
    assert np.isnan(lost["value"])
    assert "breaks' raised ZeroDivisionError: nothing to divide (test_worker.py, line " in lost["reason"]


def test_a_run_that_diverges_is_failed_with_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={"optimizer": [{"name": "sgd", "lr": 1.0e8}, {"name": "adam", "lr": 1.0e-3}]}, seeds=1)
    outcomes = done(study, tmp_path)
    assert outcomes[0].startswith("DivergedError: the loss must stay finite")
    assert outcomes[1] == "done"
    runs = statuses(study, tmp_path)
    assert [run.state for run in runs] == ["failed", "done"]
    assert runs[0].message == outcomes[0]
    assert set(collect(study, runs)["run"]) == {runs[1].run.name}


def test_a_failure_that_went_away_is_done_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = tiny(tmp_path, **ONE)
    with monkeypatch.context() as broken:
        broken.setattr("unbraid.studies._worker.evaluate", lambda *_, **__: (_ for _ in ()).throw(OSError("disk")))
        assert done(study, tmp_path) == ["OSError: disk"]
    assert statuses(study, tmp_path)[0].state == "failed"
    assert done(study, tmp_path) == ["done"]
    assert statuses(study, tmp_path)[0].message == ""


def test_a_dataset_that_is_not_there_fails_its_runs_only(tmp_path: Path) -> None:
    missing = {"name": "arrays", "path": str(tmp_path / "none.npz")}
    study = tiny(tmp_path, grid={"data": [missing, "toy"]}, seeds=1)
    outcomes = done(study, tmp_path)
    assert "none.npz" in outcomes[0]
    assert outcomes[1] == "done"
    assert done(study, tmp_path) == outcomes[:1]  # asked again, refused again, in the same words


@pytest.mark.parametrize("content", ["model: 3\n", "seed: [1", "- 1\n"])
def test_a_folder_of_another_version_is_left_alone_and_named(content: str, tmp_path: Path) -> None:
    study = tiny(tmp_path, grid={})
    folder = tmp_path / "tiny" / plan(study)[0].config.folder_name
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(content)
    first, second = statuses(study, tmp_path)
    assert (first.state, second.state) == ("foreign", "left")
    assert "holds another run, or one that another version wrote; move it away or delete it" in first.message
    assert done(study, tmp_path) == ["done"]
    assert (folder / "config.yaml").read_text() == content
    job = jobs_of(study, [statuses(study, tmp_path / "elsewhere")[0]], threads=1)[0]
    assert "another version wrote" in run_job(type(job)(job.config, str(folder), job.rows, job.every))
    assert sorted(path.name for path in folder.iterdir() if path.name != ".lock") == ["config.yaml"]


def test_a_run_of_a_newer_version_is_left_alone_and_says_so(tmp_path: Path) -> None:
    study = tiny(tmp_path, **ONE)
    assert done(study, tmp_path) == ["done"]
    (status,) = statuses(study, tmp_path)
    RunDirectory(status.folder).write_status(versions={"unbraid": "7.1"})
    (status,) = statuses(study, tmp_path)
    assert status.state == "foreign"
    assert "of unbraid 7.1, and this is 0." in status.message
    job = jobs_of(study, [replace(status, state="left")], threads=1)[0]
    assert run_job(job) == f"UsageError: {status.message}"


def test_a_run_that_another_process_has_is_busy_and_shown_as_running(tmp_path: Path) -> None:
    import subprocess
    import sys

    study = tiny(tmp_path, **ONE)
    job = jobs_of(study, statuses(study, tmp_path), threads=1)[0]
    fit(RunConfig.from_dict(job.config), job.folder, until=3)
    holder = (
        "import sys, pathlib; from unbraid.store import sole_writer\n"
        "with sole_writer(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, job.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert in_use(Path(job.folder))
        assert statuses(study, tmp_path)[0].state == "running"
        assert run_job(job) == "busy"
        other.communicate("")
    assert statuses(study, tmp_path)[0].state == "left"
    assert run_job(job) == "done"


def test_the_holder_of_a_folder_may_hold_it_again(tmp_path: Path) -> None:
    with sole_writer(tmp_path), sole_writer(tmp_path):
        assert (tmp_path / ".lock").exists()
    assert not in_use(tmp_path)


def test_a_stop_request_leaves_a_resumable_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = tiny(tmp_path, **ONE)

    def stopped(config: RunConfig, folder: str, **options: object) -> RunDirectory:
        return fit(
            config,
            folder,
            callback=lambda training, row: os.kill(os.getpid(), signal.SIGTERM) if training.step == 7 else None,
        ).folder

    with monkeypatch.context() as patched:
        patched.setattr("unbraid.studies._worker.fit", stopped)
        assert done(study, tmp_path) == ["stopped"]
    run = statuses(study, tmp_path)[0]
    assert (run.state, run.step) == ("left", 7)
    assert done(study, tmp_path) == ["done"]


def test_scores_over_training_are_noted_and_change_nothing_else(tmp_path: Path) -> None:
    plain, watched = tiny(tmp_path, **ONE), tiny(tmp_path, **ONE, every=8)
    done(plain, tmp_path / "plain")
    done(watched, tmp_path / "watched")
    frame = scores_over_training(statuses(watched, tmp_path / "watched"))
    assert frame["step"].unique().tolist() == [8, 16, 20]
    ends = [collect(s, statuses(s, tmp_path / name)) for s, name in ((plain, "plain"), (watched, "watched"))]
    assert ends[0].equals(ends[1])
    last = frame[(frame["step"] == 20) & (frame["part"] == "")]["value"].item()
    assert last == ends[1].query("metric == 'mig' and part == ''")["value"].item()


def test_a_progression_that_was_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    study = tiny(tmp_path, **ONE, every=8)
    config = plan(study)[0].config
    folder = tmp_path / "tiny" / config.folder_name
    fit(config, folder, until=8)  # killed between training and noting
    done(study, tmp_path)
    assert RunDirectory(folder).read_table(PROGRESS)["step"].unique().tolist() == [8, 16, 20]


def test_a_lock_that_cannot_be_had_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="a part of the path is a file"), sole_writer(tmp_path / "file" / "run"):
        pass
