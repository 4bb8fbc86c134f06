"""One damaged file costs one run what it held, never the study; exit codes say what was done."""

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.studies.samples import TINY, done, run_here, statuses, tiny
from unbraid.cli import app
from unbraid.core import UsageError
from unbraid.store import METRICS, STATUS
from unbraid.studies import Study, damage_of, run, run_job, table
from unbraid.studies._commands import keep

STUDY = {"base": {**TINY["base"], "steps": 6}, "grid": {}, "seeds": 2, "every": 3, "metrics": ["modularity"]}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("finished")
    assert done(tiny(root, **STUDY), root / "runs") == ["done", "done"]
    return root


@pytest.fixture
def root(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copy")) / "runs"


def study(root: Path) -> Study:
    return tiny(root.parent, **STUDY)


DAMAGED = {
    STATUS: b"",
    METRICS: b"PAR1 and no more",
    "config.yaml": b"\xff\xfe: no text",
    "log.csv": b"step,loss\n\xff\xfe",
    "checks.parquet": b"",
    "progression.parquet": b"\0" * 100,
    "representation.safetensors": b"{}",
    "arrays.safetensors": b"\xff" * 50,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_status_and_table_go_on_without_a_damaged_run_and_say_so(name: str, root: Path) -> None:
    first, second = statuses(study(root), root)
    (first.folder / name).write_bytes(DAMAGED[name])
    after, other = statuses(study(root), root)
    assert other.state == "done"
    if name in (STATUS, METRICS, "progression.parquet"):
        assert (after.state, name in after.message) == ("left", True)
        with pytest.warns(UserWarning, match=rf"without what could not be read: .*{name} is damaged .*; delete it and"):
            frame = table(study(root), root=root, view="tidy")
        assert set(frame["run"]) == {second.run.name}
    elif name == "config.yaml":
        assert (after.state, "must be YAML" in after.message) == ("foreign", True)
    else:
        assert after.state == "done"
    told = CliRunner().invoke(app, ["study", "status", str(root.parent / "tiny.yaml"), "--root", str(root)])
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("name", [STATUS, METRICS, "progression.parquet", "checks.parquet"])
def test_what_was_made_from_a_run_is_made_again(name: str, root: Path) -> None:
    before = table(study(root), root=root, view="tidy")
    first, _ = statuses(study(root), root)
    (first.folder / name).write_bytes(DAMAGED[name])
    assert done(study(root), root) == ["done"]
    after = table(study(root), root=root, view="tidy")
    key = ["run", "metric", "part", "layer"]
    same = [frame[frame["metric"] == "modularity"].set_index(key)["value"].sort_index() for frame in (before, after)]
    assert same[0].equals(same[1])
    assert damage_of(statuses(study(root), root)) == []
    assert (first.folder / f"{name}.damaged").is_file()


def test_damage_in_another_studys_folder_and_in_what_runs_share_stops_nothing(root: Path) -> None:
    first, _ = statuses(study(root), root)
    other = root / "another" / first.run.name
    shutil.copytree(first.folder, other)
    for name, content in DAMAGED.items():
        (other / name).write_bytes(content)
    (root / "file").write_text("no folder")
    shared = root / "tiny" / "together"
    shared.mkdir(exist_ok=True)
    for name in ("a.json", "learning.json"):
        (shared / name).write_bytes(b"{")
    assert [run.state for run in statuses(study(root), root)] == ["done", "done"]
    shutil.rmtree(first.folder)
    assert [run.state for run in statuses(study(root), root)] == ["left", "done"]


def test_kept_runs_that_are_damaged_are_named(root: Path, tmp_path: Path) -> None:
    archive, nowhere = tmp_path / "kept", tmp_path / "none"
    keep(study(root), archive, root=root, progress=False)
    damages = [("scores.parquet", b"\xff"), ("configs.jsonl", b"[1]\n"), ("configs.jsonl", b"{"), ("log.parquet", b"")]
    for name, content in damages:
        whole = (archive / "tiny" / name).read_bytes()
        (archive / "tiny" / name).write_bytes(content)
        with pytest.raises(UsageError, match=rf"{name} must .*; .*\. Restore it, or keep again"):
            table(study(root), root=nowhere, archive=archive, view="tidy")
        (archive / "tiny" / name).write_bytes(whole)
    table(study(root), root=nowhere, archive=archive, view="tidy")


def test_a_file_in_place_of_an_archive_or_a_root_stays_as_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.studies._commands.run_local", run_here)
    place = root.parent / "file"
    place.write_text("mine")
    for command in (run, keep):
        with pytest.raises(UsageError, match=r"archive must be a folder; got the file .*; name another"):
            command(study(root), root=root, archive=place, progress=False)
    with pytest.raises(UsageError, match=r"cannot write .*: a part of the path is a file: choose another folder"):
        run(study(root), root=place, progress=False)
    assert place.read_text() == "mine"


def test_a_study_of_which_no_run_can_be_done_exits_with_1(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unbraid.studies._commands.run_local", run_here)
    file = str(root.parent / "tiny.yaml")
    fresh = root.parent / "fresh"
    command = ["study", "run", file, "--undecidable", "--root"]
    assert CliRunner().invoke(app, [*command, str(root)]).exit_code == 0
    monkeypatch.setattr("unbraid.store._files.os.fsync", full)
    monkeypatch.setattr("unbraid.studies._commands.note_provenance", lambda *_, **__: None)
    told = CliRunner().invoke(app, [*command, str(fresh)])
    assert told.exit_code == 1, told.output
    assert "done:    0 of 2 runs" in told.output


def full(_: int) -> None:
    raise OSError(28, os.strerror(28))


def test_a_worker_says_that_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from unbraid.studies import jobs_of

    monkeypatch.setattr("unbraid.store._files.os.fsync", full)
    (job,) = jobs_of(tiny(tmp_path, grid={}, seeds=1), statuses(tiny(tmp_path, grid={}, seeds=1), tmp_path), threads=1)
    assert "the disk is full: free some space and run the same command again" in run_job(job)
