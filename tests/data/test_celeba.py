import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from unbraid.core import UsageError
from unbraid.data import load_dataset

NAMES = [f"{number:06d}.jpg" for number in (1, 2, 3, 4)]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def portrait(value):
    """The central 128 x 128 square has one value, all around it is black."""
    pixels = np.zeros((218, 178, 3), np.uint8)
    pixels[45:173, 25:153] = value
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def written(folder, broken=None, extra=None):
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for k, name in reversed(list(enumerate(NAMES))):
            archive.writestr(f"img_align_celeba/{name}", b"no jpeg" if name == broken else portrait(50 * (k + 1)))
        if extra:
            archive.writestr(extra, b"x")
    lines = [f"{name}  {1 if k % 2 else -1} -1   1" for k, name in enumerate(NAMES)]
    (folder / "list_attr_celeba.txt").write_text("4\nBald Smiling Young \n" + "\n".join(lines) + "\n")
    (folder / "list_eval_partition.txt").write_text(
        "".join(f"{n} {k}\n" for n, k in zip(NAMES, (0, 0, 1, 2), strict=True))
    )
    return str(folder)


def test_portraits_are_cropped_and_ordered_and_no_factors_are_known(tmp_path):
    dataset = load_dataset("celeba", path=written(tmp_path))
    assert dataset.image_shape == (3, 64, 64)
    assert len(dataset.space) == 0
    middle = dataset.images(np.arange(4))[:, :, 8:56, 8:56].reshape(4, -1)
    assert np.abs(middle.mean(axis=1) - [50, 100, 150, 200]).max() < 2


def test_attributes_and_splits(tmp_path):
    dataset = load_dataset("celeba", path=written(tmp_path), split="train", attributes=True)
    assert dataset.space.names == ("Bald", "Smiling", "Young")
    assert dataset.factors(np.arange(2)).tolist() == [[0, 0, 1], [1, 0, 1]]
    test = load_dataset("celeba", path=str(tmp_path), split="test")
    assert len(test) == 1
    assert abs(test.images(np.array([0]))[0, 0, 32, 32] - 200.0) < 3


def test_splits_that_are_not_consecutive_are_gathered(tmp_path):
    written(tmp_path)
    (tmp_path / "list_eval_partition.txt").write_text("".join(f"{n} {k % 2}\n" for k, n in enumerate(NAMES)))
    valid = load_dataset("celeba", path=str(tmp_path), split="valid").images(np.arange(2))
    assert np.abs(valid[:, 0, 32, 32] - [100.0, 200.0]).max() < 3


def test_what_does_not_fit_is_refused(tmp_path):
    def refused(message, **options):
        with pytest.raises(UsageError, match=message):
            load_dataset("celeba", path=str(tmp_path), **options)

    refused("celeba needs the file")
    refused("split must be one of", split="dev")
    written(tmp_path, broken="000003.jpg")
    refused(r"every portrait must be readable; img_align_celeba/000003.jpg is not")
    written(tmp_path, extra="../../outside.jpg")
    refused("must stay inside its folder")
    written(tmp_path)
    (tmp_path / "list_eval_partition.txt").write_text("000001.jpg 0\n")
    refused(r"must give 1 values for each portrait; got 0 for .*000002.jpg", split="train")
    (tmp_path / "list_eval_partition.txt").write_text("".join(f"{name} 0\n" for name in NAMES))
    refused("must name portraits of the test split", split="test")
    (tmp_path / "list_attr_celeba.txt").write_text("4\nBald\n" + "".join(f"{name} 7\n" for name in NAMES))
    refused("must be 1 or -1", attributes=True)
    (tmp_path / "list_attr_celeba.txt").write_text("4\n\n")
    refused("must name its attributes", attributes=True)
    (tmp_path / "img_align_celeba.zip").write_bytes(b"<html>")
    refused(r"got a saved web page \(HTML\)")
    with zipfile.ZipFile(tmp_path / "img_align_celeba.zip", "w") as archive:
        archive.writestr("readme.txt", b"x")
    refused("must hold portraits")


def test_files_in_the_data_folder_must_be_the_published_ones(tmp_path):
    (tmp_path / "data" / "celeba").mkdir(parents=True)
    written(tmp_path / "data" / "celeba")
    with pytest.raises(UsageError, match=r"img_align_celeba.zip must be the published file"):
        load_dataset("celeba")
    with pytest.raises(UsageError, match=r"list_eval_partition.txt must be the published file"):
        load_dataset("celeba", split="test")
