"""Run directories: whole files, readable logs, one writer."""

import errno
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unbraid.core import UsageError
from unbraid.store import RunDirectory, sole_writer, whole_file, writable


def write_half(path: Path) -> None:
    with whole_file(path) as aside:
        aside.write_text("half")
        raise RuntimeError("halfway")


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="halfway"):
        write_half(tmp_path / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_replacing_keeps_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_text("a.txt", "old")
    with pytest.raises(RuntimeError, match="halfway"):
        write_half(tmp_path / "a.txt")
    assert (run / "a.txt").read_text() == "old"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full: free some space"),
        (errno.EDQUOT, "quota"),
        (errno.EACCES, "not writable"),
        (errno.EROFS, "read-only"),
        (errno.ENOTDIR, "part of the path is a file"),
        (errno.EEXIST, "part of the path is a file"),
        (errno.EISDIR, "it is a folder: choose another name"),
        (errno.ENAMETOOLONG, "the name is too long"),
        (errno.ENOENT, "its folder is not there and cannot be made"),
    ],
)
def test_refusals_of_the_system_say_what_to_do(number: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words), writable(tmp_path):
        raise OSError(number, os.strerror(number))
    with pytest.raises(OSError, match="interrupted"), writable(tmp_path):
        raise OSError(errno.EINTR, "interrupted")


def test_tensors_keep_names_shapes_and_a_note(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_tensors("t.safetensors", {"a/b": np.arange(6).reshape(2, 3).T}, {"rows": 3})
    assert run.read_tensors("t.safetensors")["a/b"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert run.read_note("t.safetensors") == {"rows": 3}


def test_missing_and_damaged_tensors_are_named(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    with pytest.raises(UsageError, match=r"t\.safetensors is not there"):
        run.read_tensors("t.safetensors")
    (tmp_path / "t.safetensors").write_bytes(b"\xff" * 64)
    for read in (run.read_tensors, run.read_note):
        with pytest.raises(UsageError, match="is damaged"):
            read("t.safetensors")


def test_the_log_grows_columns_and_is_cut_at_a_step(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append_log({"step": 1, "loss": 2.0})
    run.append_log({"step": 2, "loss": 1.5, "critic": 0.7})
    run.append_log({"step": 3, "loss": 1.0})
    assert run.read_log() == [{"step": 1, "loss": 2}, {"step": 2, "loss": 1.5, "critic": 0.7}, {"step": 3, "loss": 1}]
    run.cut_log(2)
    assert [row["step"] for row in run.read_log()] == [1, 2]


def test_a_torn_last_row_is_dropped(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append_log({"step": 1, "loss": 2.0})
    with (tmp_path / "log.csv").open("a") as file:
        file.write("2,1.5e")
    assert [row["step"] for row in run.read_log()] == [1]


def test_status_is_updated_not_replaced(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.write_status(state="running", steps=10)
    run.write_status(step=3)
    assert run.read_status() == {"state": "running", "steps": 10, "step": 3}


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "must hold config.yaml"), ("a: [", "must be YAML"), ("- 1", "must be a mapping; got list")],
)
def test_a_folder_that_is_no_run_is_named(text: str | None, words: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(UsageError, match=words):
        RunDirectory(tmp_path).read_config()


def test_a_missing_table_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run `unbraid evaluate"):
        RunDirectory(tmp_path).read_table("metrics.parquet")
    RunDirectory(tmp_path).write_table("metrics.parquet", pd.DataFrame({"a": [1]}))
    assert RunDirectory(tmp_path).read_table("metrics.parquet")["a"].tolist() == [1]


def _hold(path: str, ready: object, end: object) -> None:
    with sole_writer(Path(path)):
        ready.set()  # type: ignore[attr-defined]
        end.wait(20)  # type: ignore[attr-defined]


def test_one_writer_and_a_lock_that_dies_with_its_process(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, end = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), ready, end))
    other.start()
    assert ready.wait(20)
    with pytest.raises(UsageError, match="in use by another process"), sole_writer(tmp_path):
        pass
    other.kill()
    other.join()
    with sole_writer(tmp_path):
        pass


def test_files_have_the_mode_of_the_umask_whatever_library_writes_them(tmp_path: Path) -> None:
    """safetensors left them readable by their owner alone, so that nobody else could open a shared run."""
    run = RunDirectory(tmp_path)
    old = os.umask(0o027)
    try:
        run.write_tensors("a.safetensors", {"x": np.zeros(3)})
        run.write_text("b.txt", "b")
        run.write_table("c.parquet", pd.DataFrame({"x": [1]}))
    finally:
        os.umask(old)
    assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {"0o640"}


def test_a_file_to_write_needs_a_name() -> None:
    with (
        pytest.raises(UsageError, match=r"a file to write needs a name; got /; name a file in a folder\."),
        whole_file(Path("/")),
    ):
        pass


def test_left_over_folders_are_swept_too(tmp_path: Path) -> None:
    for name in (".tmpABCDEF", ".frames.999999999.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("half")
    with sole_writer(tmp_path):
        assert [file.name for file in tmp_path.iterdir()] == [".lock"]
