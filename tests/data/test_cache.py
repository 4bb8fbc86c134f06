"""Prepared arrays are whole or made again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data._files import cache
from unbraid.data._files.cache import cache_folder, checksum, damage, prepared_array

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


def as_zip(file: Path) -> None:
    with file.open("wb") as stream:
        np.savez(stream, a=np.zeros(SHAPE, np.uint8))


def with_header(file: Path, header: bytes) -> None:
    """The same data after another header of the same length."""
    content = file.read_bytes()
    length = int.from_bytes(content[8:10], "little")
    file.write_bytes(content[:10] + header.ljust(length - 1) + b"\n" + content[10 + length :])


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
        (lambda f: f.with_suffix(".json").write_text("[1]"), "its note is no mapping but list"),
        (lambda f: f.with_suffix(".json").write_bytes(b"\xff\xfe"), "it cannot be read"),
        (lambda f: as_zip(f), "it cannot be read"),
        (lambda f: with_header(f, b"{'descr': '|O', 'fortran_order': False, 'shape': (40, 8), }"), "it cannot be read"),
        (lambda f: with_header(f, b"{" * 60), "it cannot be read"),
        (
            lambda f: with_header(f, b"{'descr': '|u1', 'fortran_order': False, 'shape': (-4, 8), }"),
            "it cannot be read",
        ),
        (lambda f: (f.unlink(), f.symlink_to(f.name)), "it cannot be read"),
    ],
)
def test_each_damage_is_named_and_repaired(tmp_path: Path, harm, message: str) -> None:
    file = tmp_path / "a.npy"
    whole = np.array(prepare(file))
    harm(file)
    assert message in damage(file, SHAPE, np.uint8)
    assert np.array_equal(prepare(file), whole)
    assert damage(file, SHAPE, np.uint8) == ""


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


def test_a_large_array_is_summed_again_when_it_was_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, summed = tmp_path / "a.npy", []
    monkeypatch.setattr(cache, "ALWAYS_SUMMED", 100)
    monkeypatch.setattr(cache, "checksum", lambda path: (summed.append(path.name), real(path))[1])
    real = checksum
    whole = np.array(prepare(file))
    del summed[:]
    for _ in range(3):
        prepare(file)
    assert summed == []
    with file.open("r+b") as stream:
        stream.seek(200)
        stream.write(b"xyz")
    assert np.array_equal(prepare(file), whole)
    assert summed[0] == "a.npy"


def test_four_that_prepare_one_array_at_once_make_it_once(tmp_path: Path) -> None:
    made = []

    def slow(array: np.ndarray) -> None:
        made.append(1)
        fill(array)

    with ThreadPoolExecutor(4) as pool:
        arrays = list(pool.map(lambda _: prepared_array(tmp_path / "a.npy", SHAPE, np.uint8, slow), range(4)))
    assert len(made) == 1
    assert all(np.array_equal(array, arrays[0]) for array in arrays)
