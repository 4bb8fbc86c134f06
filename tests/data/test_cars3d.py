import io
import tarfile

import numpy as np
import pytest
from scipy.io import savemat

from unbraid.core import UsageError
from unbraid.data import load_dataset

CARS = {
    name: np.random.default_rng(k).integers(0, 256, (8, 8, 3, 24, 4), dtype=np.uint8) for k, name in enumerate("ba")
}


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def mat(**arrays):
    stream = io.BytesIO()
    savemat(stream, arrays)
    return stream.getvalue()


def archive(folder, members=None, stems=CARS, prefix=""):
    """The true layout; the members stand in another order than list.txt, as in the original."""
    contents = {f"data/cars/{name}.mat": mat(im=CARS[name], mask=np.zeros((1, 1))) for name in sorted(CARS)}
    contents["data/cars/list.txt"] = "\n".join(stems).encode()
    with tarfile.open(folder / "nips2015-analogy-data.tar.gz", "w:gz") as tar:
        for name, content in {**contents, **(members or {})}.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return str(folder)


@pytest.mark.parametrize("prefix", ["", "./"])
def test_the_grid_is_elevation_azimuth_object_in_the_order_of_the_list(tmp_path, prefix):
    dataset = load_dataset("cars3d", path=archive(tmp_path, prefix=prefix), resolution=8)
    assert dataset.space.sizes == (4, 24, 2)
    row = dataset.space.index(np.array([[3, 7, 0], [0, 0, 1]]))
    expected = [CARS["b"][..., 7, 3], CARS["a"][..., 0, 0]]
    np.testing.assert_array_equal(dataset.images(row), np.stack(expected).transpose(0, 3, 1, 2))


def test_it_is_resampled_to_64(tmp_path):
    path = archive(tmp_path)
    assert load_dataset("cars3d", path=path).image_shape == (3, 64, 64)
    assert len(load_dataset("cars3d", path=path)) == 192


def _another_number_of_images(content):
    return content.replace(b"(192, 3", b"(193, 3")


@pytest.mark.parametrize("damage", [lambda content: content[:-9] + bytes(9), _another_number_of_images, lambda _: b""])
def test_kept_images_that_are_damaged_are_read_again(tmp_path, damage):
    path = archive(tmp_path)
    images = np.array(load_dataset("cars3d", path=path, resolution=8).images(np.arange(192)))
    (kept,) = (tmp_path / "data" / "prepared").glob("*.npy")
    content = kept.read_bytes()
    kept.write_bytes(damage(content))
    np.testing.assert_array_equal(load_dataset("cars3d", path=path, resolution=8).images(np.arange(192)), images)
    assert kept.read_bytes() == content


@pytest.mark.parametrize(
    ("members", "stems", "message"),
    [
        ({}, ["b", "c"], r"must hold every car of its list.txt; got no data/cars/c.mat"),
        ({}, ["b", "b"], r"must name each car once"),
        ({}, [], r"must name each car once"),
        ({"data/cars/b.mat": b"no matlab"}, CARS, r"b.mat must be a MATLAB file"),
        ({"data/cars/b.mat": mat(other=np.zeros(3))}, CARS, r"must hold 'im' uint8"),
        ({"data/cars/b.mat": mat(im=np.zeros((8, 8, 3, 4, 24), np.uint8))}, CARS, r"must hold 'im' uint8"),
        ({"../outside.txt": b"x"}, CARS, r"must stay inside its folder; got '../outside.txt'"),
        ({"/etc/outside.txt": b"x"}, CARS, r"must stay inside its folder"),
        ({"C:\\outside.txt": b"x"}, CARS, r"must stay inside its folder"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, members, stems, message):
    with pytest.raises(UsageError, match=message):
        load_dataset("cars3d", path=archive(tmp_path, members, stems))


def test_links_in_an_archive_are_refused(tmp_path):
    with tarfile.open(tmp_path / "nips2015-analogy-data.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("data/cars/list.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(UsageError, match="must hold plain files only"):
        load_dataset("cars3d", path=str(tmp_path))


def test_missing_list_truncated_and_foreign_archives(tmp_path):
    with tarfile.open(tmp_path / "nips2015-analogy-data.tar.gz", "w:gz"):
        pass
    with pytest.raises(UsageError, match=r"must hold data/cars/list.txt"):
        load_dataset("cars3d", path=str(tmp_path))
    archive(tmp_path)
    file = tmp_path / "nips2015-analogy-data.tar.gz"
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(UsageError, match="must be a whole archive"):
        load_dataset("cars3d", path=str(tmp_path))
    file.write_bytes(b"<html>not found</html>")
    with pytest.raises(UsageError, match=r"got a saved web page \(HTML\)"):
        load_dataset("cars3d", path=str(tmp_path))
    (tmp_path / "data" / "cars3d").mkdir(parents=True)
    archive(tmp_path / "data" / "cars3d")
    with pytest.raises(UsageError, match="must be the published file; got md5"):
        load_dataset("cars3d")
