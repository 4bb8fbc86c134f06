import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from unbraid.core import UsageError
from unbraid.data import load_dataset


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def picture(value):
    """A square of one value in the central two thirds, white around."""
    pixels = np.full((60, 60, 3), 255, np.uint8)
    pixels[10:50, 10:50] = value
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def written(folder, broken=False, extra=None, leave_out=0):
    names = [
        f"rendered_chairs/{model}/renders/image_{2 * p + t + 1:03d}_p{20 + 10 * p:03d}_t{11 + 12 * t:03d}_r096.png"
        for model in ("zz", "aa")
        for p in (0, 1)
        for t in (0, 1)
    ]
    with tarfile.open(folder / "rendered_chairs.tar", "w") as tar:
        members = {name: picture(10 * (k + 1)) for k, name in enumerate(names[leave_out:])}
        members["rendered_chairs/all_chair_names.mat"] = b"not read"
        if broken:
            members[names[3]] = b"no png"
        for name, content in {**members, **(extra or {})}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return str(folder)


def test_pictures_are_cropped_grey_and_in_the_order_of_the_grid(tmp_path):
    dataset = load_dataset("chairs", path=written(tmp_path))
    assert dataset.image_shape == (1, 64, 64)
    assert dataset.complete
    assert dataset.space.sizes == (2, 2, 2)
    assert dataset.space.factors[1].values == (20, 30)
    assert dataset.space.factors[2].values == (11, 23)
    images = dataset.images(np.arange(8))
    assert [len(np.unique(image)) for image in images] == [1] * 8
    assert images[:, 0, 0, 0].tolist() == [50, 60, 70, 80, 10, 20, 30, 40]


def test_an_incomplete_set_keeps_a_table(tmp_path):
    dataset = load_dataset("chairs", path=written(tmp_path, leave_out=1), resolution=16)
    assert not dataset.complete
    assert dataset.factors(np.array([4])).tolist() == [[1, 0, 1]]


def test_what_does_not_fit_is_refused(tmp_path):
    def refused(message):
        with pytest.raises(UsageError, match=message):
            load_dataset("chairs", path=str(tmp_path))

    refused("chairs needs the file")
    written(tmp_path, broken=True)
    refused(r"every picture must be readable; .*image_004_p030_t023_r096.png is not")
    written(tmp_path, extra={"../outside": b"x"})
    refused("must stay inside its folder")
    with tarfile.open(tmp_path / "rendered_chairs.tar", "w"):
        pass
    refused("no such picture")
    (tmp_path / "rendered_chairs.tar").write_bytes(b"no archive")
    refused("must be a whole archive")
    (tmp_path / "rendered_chairs.tar").write_bytes(b"<html>")
    refused(r"must be a file of data; got a saved web page \(HTML\)")
