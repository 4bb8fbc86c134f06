"""Processes: killed, stopped, shared - and the same table in the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.children import command
from tests.studies.samples import TINY, done, statuses, tiny, written
from unbraid.store import RunDirectory
from unbraid.studies import RunJob, Study, collect, jobs_of, run_local

PAIR = {"base": {**TINY["base"], "steps": 500}, "every": 200, "grid": {}}
LONG = {"base": {**TINY["base"], "steps": 1500}, "every": 500}


def table(study: Study, root: Path) -> pd.DataFrame:
    return collect(study, statuses(study, root))


def wait_until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def start(file: Path, root: Path, *options: str) -> subprocess.Popen:
    line = command("study", "run", str(file), "--root", str(root), "--jobs", "2", *options)
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def begun(root: Path) -> int:
    """Runs that have a status."""
    return len(list(root.glob("tiny/*/status.json")))


def settle(study: Study, root: Path) -> None:
    """Wait until no worker of a killed study holds a run."""
    wait_until(lambda: all(run.state != "running" for run in statuses(study, root)))


def test_all_runs_are_done_by_two_workers_and_told_once_each(tmp_path: Path) -> None:
    study = tiny(tmp_path)
    told: list[tuple[str, RunJob | None]] = []
    run_local(jobs_of(study, statuses(study, tmp_path / "a"), 1), 2, lambda *what: told.append(what))
    assert [outcome for outcome, job in told if job is not None] == ["done"] * 6
    done(study, tmp_path / "b")
    assert table(study, tmp_path / "a").equals(table(study, tmp_path / "b"))


def test_a_killed_worker_is_replaced_and_its_run_gone_on_with(tmp_path: Path) -> None:
    study = tiny(tmp_path, base={**TINY["base"], "steps": 100_000}, grid={}, seeds=1)
    jobs = jobs_of(study, statuses(study, tmp_path), 1)
    told: list[str] = []

    def on_outcome(outcome: str, job: RunJob | None) -> None:
        if job is not None:
            told.append(outcome)
        elif begun(tmp_path) and (children := workers(os.getpid())):
            os.kill(children[0], signal.SIGKILL)

    run_local(jobs, 1, on_outcome, retries=1)
    assert told == ["its process was killed (exit code -9)"] * 2
    run = statuses(study, tmp_path)[0]
    assert (run.state, run.message) == ("failed", told[0])


def workers(parent: int) -> list[int]:
    """Grandchildren that hold a run: children of the server that forks them."""
    pids = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) in servers(parent):
                pids.append(int(path.parent.name))
        except (OSError, IndexError):
            continue
    return pids


def servers(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    return [pid for pid in pids if "forkserver" in Path(f"/proc/{pid}/cmdline").read_text()]


def test_a_failed_run_is_tried_again_and_one_that_diverged_is_not(tmp_path: Path) -> None:
    wild = {"optimizer": [{"name": "sgd", "lr": 1.0e8}]}
    missing = {"data": [{"name": "arrays", "path": str(tmp_path / "none.npz")}]}
    study = tiny(tmp_path, grid=[wild, missing], seeds=1)
    told: list[str] = []
    run_local(jobs_of(study, statuses(study, tmp_path), 1), 1, lambda what, job: told.append(what) if job else None)
    assert [outcome.partition(":")[0] for outcome in told] == ["DivergedError", "UsageError"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_after_kill_9_no_worker_stays_and_the_same_command_ends_with_the_same_table(tmp_path: Path) -> None:
    study, root = tiny(tmp_path, **PAIR), tmp_path / "runs"
    with start(written(tmp_path, **PAIR), root) as process:
        wait_until(lambda: begun(root) >= 1)
        process.kill()
    settle(study, root)
    assert any(run.state != "done" for run in statuses(study, root))
    assert set(done(study, root)) == {"done"}
    done(study, tmp_path / "never stopped")
    assert table(study, root).equals(table(study, tmp_path / "never stopped"))


@pytest.mark.slow
def test_killed_at_many_moments_the_table_is_the_same(tmp_path: Path) -> None:
    study, root, kills = tiny(tmp_path, **LONG), tmp_path / "runs", 0
    for pause in (0.1, 0.4, 0.9, 1.7, 0.2, 0.6):
        before = sum(RunDirectory(p.parent).read_status().get("step", 0) for p in root.glob("tiny/*/status.json"))
        with start(written(tmp_path, **LONG), root) as process:
            wait_until(lambda process=process: begun(root) >= 1 or process.poll() is not None)
            time.sleep(pause)
            kills += process.poll() is None
            process.kill()
        settle(study, root)
        after = sum(RunDirectory(p.parent).read_status().get("step", 0) for p in root.glob("tiny/*/status.json"))
        assert after >= before
    with start(written(tmp_path, **LONG), root) as process:
        process.communicate()
    assert process.returncode == 0
    assert kills >= 2
    done(study, tmp_path / "never stopped")
    assert table(study, root).equals(table(study, tmp_path / "never stopped"))
    written_table = pd.read_parquet(root / "tiny" / "table-pocket.parquet")
    assert written_table["value"].equals(table(study, root)["value"].astype(float))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_termination_leave_every_run_resumable(number: int, tmp_path: Path) -> None:
    long = {"base": {**TINY["base"], "steps": 400_000}}
    study, root = tiny(tmp_path, **long), tmp_path / "runs"
    with start(written(tmp_path, **long), root) as process:
        wait_until(lambda: begun(root) >= 2)
        time.sleep(1.0)
        process.send_signal(number)
        output, _ = process.communicate()
    assert process.returncode == 130, output
    assert "stopped" in output
    assert "Traceback" not in output
    states = [RunDirectory(path.parent).read_status()["state"] for path in root.glob("tiny/*/status.json")]
    assert states == ["interrupted"] * 2
    assert [run.state for run in statuses(study, root)] == ["left"] * 6
    assert sum(run.step > 0 for run in statuses(study, root)) == 2


@pytest.mark.slow
def test_two_processes_share_one_study(tmp_path: Path) -> None:
    study, root = tiny(tmp_path, **LONG), tmp_path / "runs"
    with start(written(tmp_path, **LONG), root) as one, start(written(tmp_path, **LONG), root) as other:
        outputs = [process.communicate()[0] for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], outputs
    assert {run.state for run in statuses(study, root)} == {"done"}
    for run in statuses(study, root):
        steps = [row["step"] for row in RunDirectory(run.folder).read_log()]
        assert steps == sorted(set(steps))
    done(study, tmp_path / "alone")
    assert table(study, root).equals(table(study, tmp_path / "alone"))
