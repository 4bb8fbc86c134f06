import tracemalloc

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset

SIZES = (2, 2, 1, 3, 1, 2, 2)
IMAGES = np.random.default_rng(0).integers(0, 256, (48, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def test_a_file_of_the_true_format_opens_memory_mapped(tmp_path):
    np.savez_compressed(tmp_path / "mpi3d_real.npz", images=IMAGES)
    dataset = load_dataset("mpi3d", variant="real", path=str(tmp_path), sizes=SIZES)
    assert dataset.space.sizes == SIZES
    assert dataset.space.factors[3].labels == ("top", "centre", "bottom")
    np.testing.assert_array_equal(dataset.images(np.array([47, 3])), IMAGES[[47, 3]].transpose(0, 3, 1, 2))
    assert isinstance(dataset._images, np.memmap)


@pytest.mark.parametrize("saved", [np.savez, np.savez_compressed])
def test_images_pass_through_a_few_megabytes(tmp_path, monkeypatch, saved):
    monkeypatch.setattr("unbraid.data._files.prepared.BLOCK_BYTES", 1 << 20)
    monkeypatch.setattr("unbraid.data._files.cache.BLOCK", 1 << 20)
    saved(tmp_path / "mpi3d_toy.npz", images=np.zeros((2048, 64, 64, 3), np.uint8))
    tracemalloc.start()
    load_dataset("mpi3d", path=str(tmp_path), sizes=(2, 2, 2, 2, 2, 8, 8))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20  # bytes; the images are 25 MB


def test_published_sizes_are_told_apart_by_their_number():
    from unbraid.data.mpi3d import _factors, _sizes

    assert _sizes(1_036_800, None, "f") == (6, 6, 2, 3, 3, 40, 40)
    assert _sizes(460_800, None, "f") == (4, 4, 2, 3, 3, 40, 40)
    assert _factors(_sizes(460_800, None, "f"), "complex")[1].labels[2] == "croissant"
    assert _factors(_sizes(460_800, None, "f"), "toy")[0].labels == ()  # the early release does not name them


def test_other_files_are_refused(tmp_path):
    np.savez(tmp_path / "mpi3d_toy.npz", images=IMAGES)
    with pytest.raises(UsageError, match=r"must hold 1,036,800 or 460,800 images; got 48. Give sizes="):
        load_dataset("mpi3d", path=str(tmp_path))
    with pytest.raises(UsageError, match="must hold the product of sizes"):
        load_dataset("mpi3d", path=str(tmp_path), sizes=(2, 2))
    with pytest.raises(UsageError, match="variant must be one of"):
        load_dataset("mpi3d", variant="fake")
    np.savez(tmp_path / "mpi3d_toy.npz", images=IMAGES[..., 0])
    with pytest.raises(UsageError, match=r"must be uint8 \[N, 64, 64, 3\]"):
        load_dataset("mpi3d", path=str(tmp_path))
    (tmp_path / "data" / "mpi3d").mkdir(parents=True)
    np.savez(tmp_path / "data" / "mpi3d" / "mpi3d_toy.npz", images=IMAGES)
    with pytest.raises(UsageError, match="must be the published file; got md5"):
        load_dataset("mpi3d", sizes=SIZES)
