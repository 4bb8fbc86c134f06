"""Prepared arrays are whole or made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data._files.cache import cache_folder, damage, prepared_array

SHAPE = (40, 8)


def fill(array: np.ndarray) -> None:
    array[:] = np.arange(array.size).reshape(array.shape) % 251


def prepare(path: Path) -> np.ndarray:
    return prepared_array(path, SHAPE, np.uint8, fill, "a test")


def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNBRAID_DATA", "/a/b")
    assert cache_folder() == Path("/a/b")
    monkeypatch.delenv("UNBRAID_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert cache_folder() == Path("/c/unbraid")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_folder() == Path("/home/me/.cache/unbraid")


def test_it_is_made_once_and_read_memory_mapped(tmp_path: Path) -> None:
    array = prepare(tmp_path / "deep" / "a.npy")
    assert isinstance(array, np.memmap)
    assert not array.flags.writeable
    again = prepared_array(tmp_path / "deep" / "a.npy", SHAPE, np.uint8, lambda a: pytest.fail("made twice"))
    assert np.array_equal(array, again)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda f: f.unlink(), "it is missing"),
        (lambda f: f.write_bytes(f.read_bytes()[:200]), "it cannot be read"),
        (lambda f: f.write_bytes(b""), "it cannot be read"),
        (lambda f: f.write_bytes(f.read_bytes() + b"x"), "bytes, not"),
        (lambda f: f.write_bytes(f.read_bytes()[:-1] + b"x"), "its checksum differs"),
        (lambda f: np.save(f, np.zeros((3, 3), np.uint8)), "it holds uint8"),
        (lambda f: f.with_suffix(".json").write_text("{"), "it cannot be read"),
        (lambda f: f.with_suffix(".json").unlink(), "it cannot be read"),
    ],
)
def test_each_damage_is_named_and_repaired(tmp_path: Path, harm, message: str) -> None:
    file = tmp_path / "a.npy"
    whole = np.array(prepare(file))
    harm(file)
    assert message in damage(file, SHAPE, np.uint8)
    assert np.array_equal(prepare(file), whole)
    assert damage(file, SHAPE, np.uint8, full=True) == ""


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(array: np.ndarray) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared_array(tmp_path / "a.npy", SHAPE, np.uint8, fail)
    assert [f.name for f in tmp_path.iterdir()] == ["a.lock"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match=r"preparing a.npy needs a writable folder.*point UNBRAID_DATA"):
        prepare(tmp_path / "file" / "a.npy")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(UsageError, match=r"No space left on device.*Free some space"):
        prepare(tmp_path / "a.npy")
    assert not (tmp_path / "a.npy").exists()
