import hashlib

import pytest

from unbraid.core import UsageError, names
from unbraid.data import doctor, file_states
from unbraid.data._files import sources
from unbraid.data._files.sources import SourceFile


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path))


def state(name, variant="", verify=False):
    return next(health for health in doctor(verify=verify) if (health.dataset, health.variant) == (name, variant))


def test_every_dataset_is_spoken_of():
    assert {health.dataset for health in doctor()} == set(names("data"))
    assert {health.state for health in doctor()} == {
        "rendered",
        "yours",
        "missing",
        "here",
    }  # here: of installed packages


def test_rendered_and_own_datasets_need_no_download():
    assert state("dsprites").state == "rendered"
    assert state("toy").what == ""
    assert state("image_folder").state == "yours"
    assert "path=…" in state("image_folder").what


def test_missing_ones_come_with_size_origin_command_and_the_way_by_hand(tmp_path):
    absent = state("shapes3d")
    assert absent.size == 267_573_662
    assert absent.origin == "storage.googleapis.com"
    assert absent.what == f"unbraid data get shapes3d; offline: put 3dshapes.h5 into {tmp_path / 'shapes3d'}"
    assert "its 6 files" in state("smallnorb").what
    assert "--variant real;" in state("mpi3d", "real").what
    by_hand = state("mpi3d", "complex")
    assert by_hand.origin == "by hand"
    assert by_hand.what.startswith("put real3d_complicated_shapes_ordered.npz into")


def test_files_are_here_then_whole_or_damaged(monkeypatch, tmp_path):
    body = b"images"
    md5 = "md5:" + hashlib.md5(body).hexdigest()
    files = (SourceFile("a", ("http://host/a",), md5, 6), SourceFile("b", ("http://host/b",), optional=True))
    monkeypatch.setitem(sources.SOURCES, "mnist", (*files, SourceFile("c", ("http://host/c",))))
    folder = tmp_path / "mnist"
    folder.mkdir()
    (folder / "a").write_bytes(body)
    assert state("mnist").state == "partly here"
    (folder / "c").write_bytes(b"no checksum published")
    assert state("mnist").state == "here"
    assert state("mnist", verify=True).state == "whole"
    (folder / "a").write_bytes(b"imaged")
    assert state("mnist").state == "here"  # the size is right: only the checksum tells
    damaged = state("mnist", verify=True)
    assert damaged.state == "damaged"
    assert damaged.what.startswith("a: md5 ")
    (folder / "a").write_bytes(b"im")
    assert "2 bytes instead of 6" in state("mnist").what
    assert [file.state for file in file_states("mnist", verify=True)] == ["damaged", "missing", "here"]


def test_file_states_of_one_variant_and_of_unknown_names():
    assert [file.source.name for file in file_states("mpi3d", "toy")] == ["mpi3d_toy.npz"]
    assert file_states("toy") == []
    with pytest.raises(UsageError, match="dataset must be one of"):
        file_states("minst")
