import gzip

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (16, 28, 28), dtype=np.uint8)
LABELS = (np.arange(16) % 10).astype(np.uint8)


def idx(array, magic):
    return gzip.compress(np.array([magic, *array.shape], ">i4").tobytes() + array.tobytes())


def written(folder, images=IMAGES, labels=LABELS):
    folder.mkdir(parents=True, exist_ok=True)
    for stem, rows in (("train", slice(None)), ("t10k", slice(0, 4))):
        (folder / f"{stem}-images-idx3-ubyte.gz").write_bytes(idx(images[rows], 2051))
        (folder / f"{stem}-labels-idx1-ubyte.gz").write_bytes(idx(labels[rows], 2049))
    return str(folder)


@pytest.mark.parametrize(
    ("name", "factor", "seventh"), [("mnist", "digit", "7"), ("fashion_mnist", "garment", "sneaker")]
)
def test_files_of_the_true_format_open(tmp_path, name, factor, seventh):
    dataset = load_dataset(name, path=written(tmp_path), resolution=28)
    np.testing.assert_array_equal(dataset.images(np.array([3, 15]))[:, 0], IMAGES[[3, 15]])
    assert dataset.factors(np.array([12])).tolist() == [[2]]
    assert dataset.space.names == (factor,)
    assert dataset.space.factors[0].labels[7] == seventh
    assert not dataset.complete
    assert load_dataset(name, path=str(tmp_path)).image_shape == (1, 64, 64)
    assert len(load_dataset(name, path=str(tmp_path), split="test")) == 4
    assert len(load_dataset(name, path=str(tmp_path), split="all")) == 20


def test_what_does_not_fit_is_refused(tmp_path):
    def refused(message, **options):
        with pytest.raises(UsageError, match=message):
            load_dataset("mnist", path=str(tmp_path), **options)

    refused("mnist needs the file")
    refused("split must be one of", split="dev")
    written(tmp_path, labels=LABELS + 1)
    refused(r"labels of mnist must lie in 0 .. 9; got 10")
    written(tmp_path)
    file = tmp_path / "train-images-idx3-ubyte.gz"
    file.write_bytes(idx(IMAGES, 2049))
    refused("must be an IDX file of magic 2051 and whole; got magic 2049")
    file.write_bytes(gzip.compress(gzip.decompress(idx(IMAGES, 2051))[:-5]))
    refused("and whole; got 12539 bytes")
    file.write_bytes(idx(IMAGES[:3], 2051))
    refused("one label per image; got 3 and 16")
    file.write_bytes(idx(IMAGES, 2051)[:500])
    refused("must be a whole archive")


def test_files_in_the_data_folder_must_be_the_published_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path))
    written(tmp_path / "fashion_mnist")
    with pytest.raises(UsageError, match=r"must be the published file; got .* bytes instead of 26,421,880"):
        load_dataset("fashion_mnist")
