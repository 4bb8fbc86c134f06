import sys

import h5py
import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset

GRID = np.stack(np.meshgrid([0, 0.1], [0, 0.1], [0, 0.1], [0.75, 1.25], [0, 1, 2, 3], [-30, 30], indexing="ij"), -1)
LABELS = GRID.reshape(-1, 6).astype(np.float64)
IMAGES = np.random.default_rng(0).integers(0, 256, (128, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def written(folder, name="3dshapes.h5", **arrays):
    with h5py.File(folder / name, "w") as file:
        for key, array in arrays.items():
            file[key] = array
    return str(folder)


def test_a_file_of_the_true_format_opens_memory_mapped(tmp_path):
    dataset = load_dataset("shapes3d", path=written(tmp_path, images=IMAGES, labels=LABELS))
    assert dataset.space.sizes == (2, 2, 2, 2, 4, 2)
    assert dataset.space.names == ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation")
    assert dataset.complete
    assert dataset.space.factors[4].labels == ("cube", "cylinder", "sphere", "capsule")
    rows = np.array([127, 0, 5])
    np.testing.assert_array_equal(dataset.images(rows), IMAGES[rows].transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(dataset.space.values(dataset.factors(rows)), LABELS[rows])
    assert isinstance(dataset._images, np.memmap)
    assert load_dataset("shapes3d", path=str(tmp_path), resolution=32).image_shape == (3, 32, 32)


def test_it_is_prepared_once(tmp_path, monkeypatch):
    path = written(tmp_path, images=IMAGES, labels=LABELS)
    load_dataset("shapes3d", path=path)
    monkeypatch.setattr(
        sys.modules["unbraid.data._files.prepared"], "progress_bar", None
    )  # preparing again would call it
    load_dataset("shapes3d", path=path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"imgs": IMAGES, "latents/classes": LABELS}, r"must hold an array 'images'; it holds imgs .*latents/classes"),
        ({"images": IMAGES[..., 0], "labels": LABELS}, r"must hold 3D Shapes.*got images uint8 \(128, 64, 64\)"),
        ({"images": IMAGES, "labels": LABELS[:64]}, r"must hold 3D Shapes.*labels \(64, 6\)"),
        ({"images": IMAGES, "labels": LABELS[::-1]}, "must be a complete grid, the last factor fastest"),
    ],
)
def test_another_dataset_is_refused(tmp_path, arrays, message):
    with pytest.raises(UsageError, match=message):
        load_dataset("shapes3d", path=written(tmp_path, **arrays))


def test_a_truncated_file_is_refused(tmp_path):
    written(tmp_path, images=IMAGES, labels=LABELS)
    file = tmp_path / "3dshapes.h5"
    file.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(UsageError, match="must be a whole .h5 file".replace(".", r"\.")):
        load_dataset("shapes3d", path=str(tmp_path))


def test_a_file_in_the_data_folder_must_be_the_published_one(tmp_path):
    with pytest.raises(
        UsageError, match="Run `unbraid data get shapes3d`, or without a network put it by hand from https"
    ):
        load_dataset("shapes3d")
    (tmp_path / "data" / "shapes3d").mkdir(parents=True)
    written(tmp_path / "data" / "shapes3d", images=IMAGES, labels=LABELS)
    with pytest.raises(UsageError, match=r"must be the published file; got .* bytes instead of 267,573,662"):
        load_dataset("shapes3d")


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(UsageError, match=r"No space left on device.*UNBRAID_DATA"):
        load_dataset("shapes3d", path=written(tmp_path, images=IMAGES, labels=LABELS))
    assert not list((tmp_path / "data").rglob("*.npy"))
