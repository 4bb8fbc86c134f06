import gzip

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data.smallnorb import BYTES, INTEGERS, TEST, TRAIN

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def norb(array):
    magic = BYTES if array.dtype == np.uint8 else INTEGERS
    sizes = list(array.shape) + [1] * (3 - array.ndim)
    return gzip.compress(np.array([magic, array.ndim, *sizes], "<i4").tobytes() + array.tobytes())


def fixture(folder, pattern, instances):
    """Shuffled rows of 5 categories, 2 instances, 2 elevations, 2 azimuths, 2 lights, 8x8 pixels, two cameras."""
    grid = np.stack(np.meshgrid(range(5), instances, [0, 1], [0, 2], [0, 1], indexing="ij"), -1).reshape(-1, 5)
    rows = RNG.permutation(grid).astype("<i4")
    images = RNG.integers(0, 256, (len(rows), 2, 8, 8), dtype=np.uint8)
    images[:, 0, 0, 0] = rows @ [48, 1, 2, 4, 8]  # tells the row
    for part, array in (("dat", images), ("cat", rows[:, 0]), ("info", rows[:, 1:])):
        (folder / pattern.format(part)).write_bytes(norb(np.ascontiguousarray(array)))
    return rows, images


def test_the_training_files_are_sorted_into_a_grid_of_five_factors(tmp_path):
    rows, images = fixture(tmp_path, TRAIN, (4, 6))
    dataset = load_dataset("smallnorb", path=str(tmp_path), resolution=8)
    assert dataset.complete
    assert dataset.space.sizes == (5, 2, 2, 2, 2)
    assert dataset.space.factors[0].labels == ("animal", "human", "plane", "truck", "car")
    assert dataset.space.factors[2].values == (30, 35)
    assert dataset.space.factors[3].values == (0, 20)
    levels = np.array([[4, 1, 0, 1, 0]])
    stored = np.flatnonzero((rows == [4, 6, 0, 2, 0]).all(axis=1))
    np.testing.assert_array_equal(dataset.images(dataset.space.index(levels))[0, 0], images[stored[0], 0])
    assert load_dataset("smallnorb", path=str(tmp_path)).image_shape == (1, 64, 64)


def test_both_files_hide_the_instance(tmp_path):
    fixture(tmp_path, TRAIN, (4, 6))
    fixture(tmp_path, TEST, (0, 1))
    dataset = load_dataset("smallnorb", path=str(tmp_path), convention="both", resolution=8)
    assert dataset.space.names == ("category", "elevation", "azimuth", "lighting")
    assert (len(dataset), dataset.complete) == (160, False)
    combinations, counts = np.unique(dataset.factors(np.arange(160)), axis=0, return_counts=True)
    assert (len(combinations), set(counts)) == (40, {4})
    shown = dataset.images(np.arange(160))[:, 0, 0, 0].astype(int) // 48
    np.testing.assert_array_equal(shown, dataset.factors(np.arange(160))[:, 0])


def test_files_of_another_kind_are_refused(tmp_path):
    rows, images = fixture(tmp_path, TRAIN, (4, 6))

    def refused(part, content, message):
        file = tmp_path / TRAIN.format(part)
        kept = file.read_bytes()
        file.write_bytes(content)
        with pytest.raises(UsageError, match=message):
            load_dataset("smallnorb", path=str(tmp_path), resolution=8)
        file.write_bytes(kept)

    refused("cat", norb(rows), r"must have magic 0x1E3D4C54 and 1 axes; got magic 0x1E3D4C54 and 2 axes")
    refused("info", norb(rows[:-1, 1:]), "must hold four numbers for each row")
    refused("info", norb(rows), "must hold four numbers for each row")
    refused("dat", norb(images[:-1]), "must have one row of factors per image")
    refused("dat", norb(images)[:-2000], "must be a whole archive")
    refused("dat", gzip.compress(gzip.decompress(norb(images))[:-9]), "must be whole; got fewer bytes")
    refused("dat", gzip.compress(b"abc"), "must be whole")
    refused("dat", b"not gzip", "must be a whole archive")
    with pytest.raises(UsageError, match="convention must be one of"):
        load_dataset("smallnorb", convention="mine")


def test_files_in_the_data_folder_must_be_the_published_ones(tmp_path):
    with pytest.raises(UsageError, match="smallnorb needs the file"):
        load_dataset("smallnorb")
    (tmp_path / "data" / "smallnorb").mkdir(parents=True)
    fixture(tmp_path / "data" / "smallnorb", TRAIN, (4, 6))
    with pytest.raises(UsageError, match="must be the published file"):
        load_dataset("smallnorb")
