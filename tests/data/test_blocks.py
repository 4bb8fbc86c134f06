import json

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import prepare
from unbraid.data._files.blocks import array_in_blocks

SHAPE, BLOCKS = (12, 5), 4


def rows_of(block):
    return np.full((3, 5), 10 + block, np.uint8)


WHOLE = np.concatenate([rows_of(block) for block in range(BLOCKS)])


def made(path, make=rows_of, about="numbers", **options):
    return array_in_blocks(path, SHAPE, np.uint8, make, BLOCKS, about, **{"workers": 1, **options})


class Counted:
    """`rows_of` that counts, and stops at one block."""

    def __init__(self, stop=None):
        self.stop, self.blocks = stop, []

    def __call__(self, block):
        if block == self.stop:
            raise KeyboardInterrupt
        self.blocks.append(block)
        return rows_of(block)


def test_an_array_is_made_once_and_read_afterwards(tmp_path):
    make = Counted()
    assert np.array_equal(made(tmp_path / "sub/a.npy", make), WHOLE)
    array = made(tmp_path / "sub/a.npy", make)
    assert make.blocks == [0, 1, 2, 3]
    assert isinstance(array, np.memmap)
    assert sorted(file.name for file in (tmp_path / "sub").iterdir() if file.suffix != ".lock") == ["a.json", "a.npy"]


def test_stopped_it_goes_on_where_it_was(tmp_path):
    path = tmp_path / "a.npy"
    with pytest.raises(KeyboardInterrupt):
        made(path, Counted(stop=2))
    assert not path.exists()
    rest = Counted()
    assert np.array_equal(made(path, rest), WHOLE)
    assert rest.blocks == [2, 3]


def test_blocks_that_are_damaged_or_not_stated_to_the_end_are_made_again(tmp_path):
    path = tmp_path / "a.npy"
    with pytest.raises(KeyboardInterrupt):
        made(path, Counted(stop=3))
    part = np.lib.format.open_memmap(path.with_suffix(".part"), mode="r+")
    part[4] += 1  # of block 1
    part.flush()
    log = path.with_suffix(".done")
    log.write_text(log.read_text()[:-3] + "")  # the line of block 2 is cut
    again = Counted()
    assert np.array_equal(made(path, again), WHOLE)
    assert again.blocks == [1, 2, 3]


@pytest.mark.parametrize("harm", ["about", "log", "lines", "part", "nothing"])
def test_what_was_begun_otherwise_is_begun_anew(tmp_path, harm):
    path, about = tmp_path / "a.npy", "numbers"
    with pytest.raises(KeyboardInterrupt):
        made(path, Counted(stop=2))
    log, part = path.with_suffix(".done"), path.with_suffix(".part")
    if harm == "about":
        about = "other numbers"
    elif harm == "log":
        log.write_bytes(b"\xff\xfe")
    elif harm == "lines":
        log.write_text(log.read_text().split("\n")[0] + "\n0 x\ny 1\n9 9\n\n")
    elif harm == "part":
        part.write_bytes(b"no array" + part.read_bytes()[8:])
    else:
        part.unlink()
    again = Counted()
    assert np.array_equal(made(path, again, about), WHOLE)
    assert again.blocks == [0, 1, 2, 3]
    assert json.loads(path.with_suffix(".json").read_text())["about"] == about


def test_a_truncated_array_is_made_again(tmp_path):
    path = tmp_path / "a.npy"
    made(path)
    path.write_bytes(path.read_bytes()[:-1])
    again = Counted()
    assert np.array_equal(made(path, again), WHOLE)
    assert again.blocks == [0, 1, 2, 3]


def test_a_folder_that_cannot_be_written_is_named_with_the_room_it_needs(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"preparing a.npy needs a writable folder and 0 MB free; got .*goes on where"):
        made(tmp_path / "file/a.npy")


def test_prepare_takes_what_can_be_drawn_beforehand(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path))
    with pytest.raises(UsageError, match=r"toy needs no preparing: .*; what can be prepared: arm, .*dsprites"):
        prepare("toy")
    with pytest.raises(UsageError, match=r"dataset must be one of: .*Did you mean 'arm'"):
        prepare("arms")
    import unbraid.data._prepare as module

    opened = {}
    monkeypatch.setattr(module, "load_dataset", lambda name, **options: opened.update({name: options}))
    prepare("arm")
    assert opened == {"arm": {"cache": "whole"}}
