"""Original data as other tools leave them: Kaggle's tables, unpacked folders, what Macs add, saved web pages."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.data.test_cars3d import CARS, archive, mat
from tests.data.test_celeba import NAMES, portrait, written
from tests.data.test_smallnorb import fixture
from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data.smallnorb import TRAIN

PAGE = "<!DOCTYPE html>\n<title>Google Drive - Quota exceeded</title>"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def as_published(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    folder.mkdir()
    dataset = load_dataset("celeba", path=written(folder), split="train", attributes=True, resolution=8)
    return dataset.images(np.arange(2)), dataset.factors(np.arange(2))


def kaggle(folder: Path) -> None:
    """Tables with commas and a header, portraits in a folder within a folder, no .txt."""
    for name, header in (
        ("list_attr_celeba", "image_id,Bald,Smiling,Young"),
        ("list_eval_partition", "image_id,partition"),
    ):
        lines = (folder / f"{name}.txt").read_text().splitlines()[2 if "attr" in name else 0 :]
        rows = [",".join(line.split()) for line in lines]
        (folder / f"{name}.csv").write_text("\n".join([header, *rows]))
        (folder / f"{name}.txt").unlink()
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as zipped:
        for k, name in enumerate(NAMES):
            zipped.writestr(f"img_align_celeba/img_align_celeba/{name}", portrait(50 * (k + 1)))


def with_a_macs_files(folder: Path) -> None:
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "a") as zipped:
        for name in NAMES:
            zipped.writestr(f"__MACOSX/img_align_celeba/._{name}", b"\x00\x05\x16\x07")
        zipped.writestr("img_align_celeba/._000001.jpg", b"\x00\x05\x16\x07")


def unpacked(folder: Path) -> None:
    with zipfile.ZipFile(folder / "img_align_celeba.zip") as zipped:
        zipped.extractall(folder)
    (folder / "img_align_celeba" / "._000001.jpg").write_bytes(b"\x00")
    (folder / "img_align_celeba.zip").unlink()


@pytest.mark.parametrize("layout", [kaggle, with_a_macs_files, unpacked])
def test_celeba_in_other_layouts_is_the_published_one(layout, tmp_path: Path) -> None:
    images, factors = as_published(tmp_path / "published")
    folder = tmp_path / "other"
    folder.mkdir()
    written(folder)
    layout(folder)
    dataset = load_dataset("celeba", path=str(folder), split="train", attributes=True, resolution=8)
    assert dataset.space.names == ("Bald", "Smiling", "Young")
    assert np.array_equal(dataset.images(np.arange(2)), images)
    assert np.array_equal(dataset.factors(np.arange(2)), factors)
    assert dataset.names == tuple(NAMES[:2])


def test_a_saved_web_page_in_place_of_data_is_called_that(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "list_attr_celeba.txt").write_text(PAGE)
    (tmp_path / "nips2015-analogy-data.tar.gz").write_text(PAGE)
    (tmp_path / TRAIN.format("dat").removesuffix(".gz")).write_text(PAGE)
    (tmp_path / "mine.npz").write_text(PAGE)
    for name, options in [
        ("celeba", {"attributes": True}),
        ("cars3d", {}),
        ("smallnorb", {}),
        ("arrays", {"path": str(tmp_path / "mine.npz")}),
    ]:
        with pytest.raises(
            UsageError, match=r"must be a file of data; got a saved web page \(HTML\); the download asked"
        ):
            load_dataset(name, **{"path": str(tmp_path), **options})


def test_smallnorb_unpacked_is_the_packed_one(tmp_path: Path) -> None:
    rows, _ = fixture(tmp_path, TRAIN, (4, 6))
    packed = load_dataset("smallnorb", path=str(tmp_path), resolution=8)
    other = tmp_path / "unpacked"
    other.mkdir()
    for part in ("dat", "cat", "info"):
        content = gzip.decompress((tmp_path / TRAIN.format(part)).read_bytes())
        (other / TRAIN.format(part).removesuffix(".gz")).write_bytes(content)
    dataset = load_dataset("smallnorb", path=str(other), resolution=8)
    index = np.arange(len(rows))
    assert dataset.space == packed.space
    assert np.array_equal(dataset.images(index), packed.images(index))


@pytest.mark.parametrize("inner", ["data/cars", "cars", ""])
def test_cars3d_unpacked_is_the_packed_one(inner: str, tmp_path: Path) -> None:
    packed = load_dataset("cars3d", path=archive(tmp_path), resolution=8)
    folder = tmp_path / "unpacked" / inner
    folder.mkdir(parents=True)
    for name, images in CARS.items():
        (folder / f"{name}.mat").write_bytes(mat(im=images))
    (folder / "._a.mat").write_bytes(b"\x00")
    (folder / "list.txt").write_text("\n".join(CARS))
    index = np.arange(192)
    dataset = load_dataset("cars3d", path=str(tmp_path / "unpacked"), resolution=8)
    assert np.array_equal(dataset.images(index), packed.images(index))
    (folder / "list.txt").unlink()
    unlisted = load_dataset("cars3d", path=str(tmp_path / "unpacked"), resolution=8)
    assert "there is no list.txt, so objects stand in the order of their names" in unlisted.source
    swapped = packed.images(index).reshape(96, 2, 3, 8, 8)[:, ::-1].reshape(192, 3, 8, 8)
    assert np.array_equal(unlisted.images(index), swapped)


def test_an_archive_without_its_list_numbers_cars_by_name(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "nips2015-analogy-data.tar.gz", "w:gz") as tar:
        for name in ("data/cars/b.mat", "data/cars/a.mat", "data/cars/._a.mat"):
            content = mat(im=CARS[name[-5]])
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    dataset = load_dataset("cars3d", path=str(tmp_path), resolution=8)
    assert dataset.space.sizes == (4, 24, 2)
    assert "no list.txt" in dataset.source


def test_parts_of_dsprites_and_3d_shapes_say_what_to_use_instead(tmp_path: Path) -> None:
    grid = np.indices((3, 2, 2, 2, 2)).reshape(5, -1).T[:-5]
    classes = np.concatenate([np.zeros((len(grid), 1), int), grid], axis=1)
    part = tmp_path / "part.npz"
    np.savez(part, imgs=np.zeros((len(grid), 64, 64), np.uint8), latents_classes=classes, latents_values=classes * 1.0)
    message = "a part of dSprites is read as your own: --data arrays --set data.path=.*part.npz --set data.images=imgs"
    with pytest.raises(UsageError, match=message):
        load_dataset("dsprites", source=str(part), verify=False)
    with pytest.raises(UsageError, match="a part of dSprites is read as your own: --data arrays"):
        load_dataset("dsprites", source=str(part))
    own = load_dataset("arrays", path=str(part), images="imgs", factors="latents_classes")
    assert len(own) == len(grid)
    labels = np.indices((2, 2, 2, 2, 2, 2)).reshape(6, -1).T[:-3].astype(float)
    with h5py.File(tmp_path / "3dshapes.h5", "w") as file:
        file["images"], file["labels"] = np.zeros((61, 8, 8, 3), np.uint8), labels
    message = r"got 61 rows for sizes .*; a part of it is read as your own: --data arrays --set data.path=.*3dshapes.h5"
    with pytest.raises(UsageError, match=message):
        load_dataset("shapes3d", path=str(tmp_path))
    assert len(load_dataset("arrays", path=str(tmp_path / "3dshapes.h5"), factors="labels")) == 61
