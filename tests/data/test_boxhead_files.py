import pickle
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.golden.harness import DATA
from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data.boxhead import render

ORIGINAL = DATA / "datasets" / "boxhead_original_format"


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "prepared"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ORIGINAL / "boxheadsimple2", tmp_path / "boxheadsimple2")
    return tmp_path / "boxheadsimple2"


def label(**changed: object) -> dict[str, object]:
    whole = {
        "color": 0.5,
        "scale": [1.0] * 3,
        "eye_color": [0.0, 0.2, 0.4, 0.6],
        "bg_color": [0.1, 0.2],
        "azimuth": 0.0,
    }
    return {**whole, **changed}


def write(folder: Path, number: int, groups: dict[str, object], images: int = 1) -> None:
    folder.mkdir(exist_ok=True)
    with h5py.File(folder / f"dataset_{number}_.hdf5", "w") as file:
        for name, labels in groups.items():
            group = file.create_group(name)
            shade = np.full((images, 64, 64, 3), number * 10 + int(name), np.uint8)
            group.create_dataset("data", data=shade, compression="gzip")
            group.create_dataset(
                "labels", data=np.bytes_(labels if isinstance(labels, bytes) else pickle.dumps(labels))
            )


def test_every_image_keeps_its_own_label() -> None:
    world = load_dataset("boxhead_files", path=str(ORIGINAL / "boxheadsimple2"))
    with np.load(ORIGINAL / "boxheadsimple2_expected.npz") as expected:
        labels = expected["labels"].reshape(-1, 9)
    read = world.space.values(world.factors(np.arange(len(world))))
    np.testing.assert_allclose(read, labels, atol=1e-12)
    apart = np.abs(render(read) - world.images(np.arange(len(world))).astype(np.int64)) / 255
    assert apart.mean() < 0.002  # a label of another image would be 0.2 off


def test_files_and_groups_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (2, 10):
        write(tmp_path / "set", number, {"10": [label()], "2": [label()]})
    shutil.copy(tmp_path / "set" / "dataset_2_.hdf5", tmp_path / "set" / "dataset_1_tmp.hdf5")
    world = load_dataset("boxhead_files", path=str(tmp_path / "set"), variant="boxheadsimple2")
    assert world.images(np.arange(len(world)))[:, 0, 0, 0].tolist() == [22, 30, 102, 110]


def test_a_hue_stored_just_below_a_full_turn_is_red(tmp_path: Path) -> None:
    write(tmp_path / "set", 0, {"0": [label(eye_color=[1 - 1e-16, 0.2, 0.4, 0.6])]})
    world = load_dataset("boxhead_files", path=str(tmp_path / "set"), variant="boxheadsimple")
    assert world.factors(np.array([0]))[0].tolist() == [2, 1, 5, 0, 5, 0, 14, 28, 42]


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1 / 0",)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([Harmful()], "may hold only numbers, NumPy arrays and plain containers; it names builtins.eval"),
        (b"not a pickle", "must be a pickle"),
        ({"color": 1}, "a list of one dictionary per image"),
        ([label(), label()], "got 2 labels"),
        ([label(color="red")], "must hold the numbers"),
        ([label(eye_color=[0.1])], "must hold"),
        ([label(azimuth=0.01)], "azimuth must be one of the 11 levels of boxheadsimple2; got 0.01"),
    ],
)
def test_bad_labels_are_refused(tmp_path: Path, labels: object, message: str) -> None:
    write(tmp_path / "set", 0, {"0": labels})
    with pytest.raises(UsageError, match=message):
        load_dataset("boxhead_files", path=str(tmp_path / "set"), variant="boxheadsimple2")


def test_files_of_another_kind_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a folder"):
        load_dataset("boxhead_files", path=str(tmp_path / "absent"), variant="boxhead_07")
    with pytest.raises(UsageError, match="variant"):
        load_dataset("boxhead_files", path=str(tmp_path))
    with pytest.raises(UsageError, match="must hold dataset_<number>_"):
        load_dataset("boxhead_files", path=str(tmp_path), variant="boxhead_07")
    whole = (folder / "dataset_1_.hdf5").read_bytes()
    (folder / "dataset_1_.hdf5").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match="must be a whole HDF5 file"):
        load_dataset("boxhead_files", path=str(folder))
    with h5py.File(folder / "dataset_1_.hdf5", "w") as file:
        file.create_dataset("images", data=np.zeros(3))
    with pytest.raises(UsageError, match="must hold groups 0, 1"):
        load_dataset("boxhead_files", path=str(folder))
    with h5py.File(folder / "dataset_1_.hdf5", "w") as file:
        file.create_dataset("0/data", data=np.zeros(3))
    with pytest.raises(UsageError, match="must hold groups 0, 1"):
        load_dataset("boxhead_files", path=str(folder))


def test_damaged_images_are_named(folder: Path) -> None:
    with h5py.File(folder / "dataset_1_.hdf5", "r") as file:
        at, size = (lambda chunk: (chunk.byte_offset, chunk.size))(file["1/data"].id.get_chunk_info(0))
    bytes_of = bytearray((folder / "dataset_1_.hdf5").read_bytes())
    bytes_of[at : at + size] = bytes(size)
    (folder / "dataset_1_.hdf5").write_bytes(bytes_of)
    with pytest.raises(UsageError, match="group 1 must be readable"):
        load_dataset("boxhead_files", path=str(folder))
