"""Pictures and archives from anywhere: nothing but PNG and JPEG is opened, and sizes are compared before allocation."""

import gzip
import io
import random
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import EpsImagePlugin, Image
from scipy.io import savemat

from tests.data.test_boxhead_files import ORIGINAL
from tests.hostile.cases import lacks
from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._files.archives import member_bytes, zip_members
from unbraid.metrics import score
from unbraid.training._images import as_images

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n(r) file\n%%EOF\n"
CHAIR = "rendered_chairs/m1/renders/image_001_p020_t011_r096.png"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "data"))


def encoded(format: str, size: int = 8, mode: str = "RGB") -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(stream, format)
    return stream.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG whose header says side x side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")
    )


def in_folder(folder: Path, content: bytes) -> Any:
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "a.png").write_bytes(content)
    return load_dataset("image_folder", path=str(folder / "pictures"), resolution=8)


def as_portrait(folder: Path, content: bytes) -> Any:
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        archive.writestr("img_align_celeba/000001.jpg", content)
    return load_dataset("celeba", path=str(folder), resolution=8)


def as_chair(folder: Path, content: bytes) -> Any:
    with tarfile.open(folder / "rendered_chairs.tar", "w") as archive:
        info = tarfile.TarInfo(CHAIR)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return load_dataset("chairs", path=str(folder), resolution=8)


def encoded_by_a_run(folder: Path, content: bytes) -> Any:
    (folder / "a.png").write_bytes(content)
    return as_images(folder / "a.png", (1, 8, 8))


WAYS: dict[str, Callable[[Path, bytes], Any]] = {
    "folder": in_folder,
    "portraits": as_portrait,
    "chairs": as_chair,
    "encode": encoded_by_a_run,
}


@pytest.mark.parametrize("way", WAYS)
def test_postscript_under_the_name_of_a_picture_is_not_even_looked_at(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(EpsImagePlugin.EpsImageFile, "_open", lambda self: opened.append(self))
    with pytest.raises(UsageError, match=r"every (picture|portrait) must be readable; .* is not \(cannot identify"):
        WAYS[way](tmp_path, POSTSCRIPT)
    assert not opened


@pytest.mark.parametrize("format", ["GIF", "BMP", "TIFF", "WEBP", "PDF"])
def test_other_formats_are_refused(format: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="every picture must be readable"):
        in_folder(tmp_path, encoded(format))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("side", [10_000, 30_000, 2**31 - 1])
def test_bombs_of_pixels_are_refused(way: str, side: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"every (picture|portrait) must be readable"):
        WAYS[way](tmp_path, bomb(side))


@pytest.mark.parametrize("way", WAYS)
def test_whole_pictures_are_read(way: str, tmp_path: Path) -> None:
    WAYS[way](tmp_path, encoded("JPEG" if way == "portraits" else "PNG"))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    as_portrait(tmp_path, encoded("JPEG"))
    content = bytearray((tmp_path / "img_align_celeba.zip").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "img_align_celeba.zip").write_bytes(content)
    with pytest.raises(UsageError, match=r"members of .* must be plain or deflated; got '.*000001.jpg', .* encrypted"):
        load_dataset("celeba", path=str(tmp_path), resolution=8)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.jpg", bytes(10**6))
    with (
        pytest.raises(UsageError, match=r"must be plain or deflated; got .a\.jpg. of method"),
        zip_members(tmp_path / "a.zip"),
    ):
        pass


def test_members_that_say_they_are_huge_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", bytes(10**6))
    with zip_members(tmp_path / "a.zip") as (source, _):
        member = source.getinfo("a.jpg")
        member.file_size = 10**10
        with pytest.raises(UsageError, match=r"members of .* must be at most 268,435,456 bytes; got 10,000,000,000 of"):
            member_bytes(source, member, tmp_path / "a.zip")


@pytest.mark.parametrize("sizes", [(-1, 28, 28), (2**31 - 1, 2**31 - 1, 4), (2**31 - 1, 28, 28), (0, 28, 28)])
def test_idx_headers_of_impossible_sizes_are_refused(sizes: tuple[int, ...], tmp_path: Path) -> None:
    header = np.array([2051, *sizes], ">i4").tobytes()
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + bytes(28 * 28)))
    with pytest.raises(UsageError, match=r"must be whole; got a header of sizes \[.*\]; fetch it again"):
        load_dataset("mnist", path=str(tmp_path))


@pytest.mark.parametrize("sizes", [(-5, 2, 8, 8), (2**31 - 1, 2, 8, 8), (5, 2, -8, 8), (5, 2, 2**31 - 1, 2**31 - 1)])
def test_norb_headers_of_impossible_sizes_are_refused(sizes: tuple[int, ...], tmp_path: Path) -> None:
    from unbraid.data.smallnorb import BYTES, INTEGERS, TRAIN

    def write(part: str, magic: int, shape: tuple[int, ...], content: bytes) -> None:
        filler = [1] * (3 - len(shape))
        header = np.array([magic, len(shape), *shape, *filler], "<i4").tobytes()
        (tmp_path / TRAIN.format(part)).write_bytes(gzip.compress(header + content))

    write("cat", INTEGERS, (5,), np.arange(5, dtype="<i4").tobytes())
    write("info", INTEGERS, (5, 4), np.zeros((5, 4), "<i4").tobytes())
    write("dat", BYTES, sizes, bytes(640))
    with pytest.raises(UsageError, match=r"must be whole; got a header of sizes \[.*\]; fetch it again"):
        load_dataset("smallnorb", path=str(tmp_path), resolution=8)


def npy(shape: tuple[int, ...], dtype: str = "|u1", fortran: bool = False) -> bytes:
    """The header of an array of that shape, and few bytes."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": fortran, "shape": shape})
    return stream.getvalue() + bytes(64)


@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("shape", [(10**12, 8, 8), (-1, 8, 8), (-4, -4, 4), (2**40, 2**40)])
def test_arrays_that_cannot_be_in_their_file_are_refused(shape: tuple[int, ...], fortran: bool, tmp_path: Path) -> None:
    for name in ("images", "code", "factors"):
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
            archive.writestr(f"{name}.npy", npy(shape, fortran=fortran))
        reading = {"images": lambda file: load_dataset("arrays", path=str(file))}.get(name, score)
        with pytest.raises(
            UsageError, match=rf"'{name}.npy' of .* must be whole; got a header of uint8 .* in \d+ bytes"
        ):
            reading(tmp_path / "a.npz")


@pytest.mark.parametrize("header", [b"{'descr': ", b"(" * 3000, b"{'descr': '|O', 'shape': (1,)}", b"\x00" * 50])
def test_garbled_headers_are_refused(header: bytes, tmp_path: Path) -> None:
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    (tmp_path / "a.npy").write_bytes(array)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", array)
        archive.writestr("code.npy", array)
    for name in ("a.npy", "a.npz"):
        with pytest.raises(UsageError, match=r"must be a whole .np[yz] file; reading it failed"):
            load_dataset("arrays", path=str(tmp_path / name))
    with pytest.raises(UsageError, match="must be a whole npz of plain arrays"):
        score(tmp_path / "a.npz")


@pytest.mark.parametrize("im", [np.zeros((2, 2), np.uint8), np.array([{}], object), np.zeros((8, 8, 3, 24, 4))])
def test_cars_of_another_shape_are_refused_before_they_are_read(im: np.ndarray, tmp_path: Path) -> None:
    stream = io.BytesIO()
    savemat(stream, {"im": im})
    with tarfile.open(tmp_path / "nips2015-analogy-data.tar.gz", "w:gz") as archive:
        for name, content in (("data/cars/list.txt", b"a"), ("data/cars/a.mat", stream.getvalue())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(UsageError, match=r"a.mat must hold 'im' uint8 \[H, W, 3, 24, 4\]; got "):
        load_dataset("cars3d", path=str(tmp_path))


def mutated(rng: random.Random, content: bytes) -> bytes:
    """The content with some bytes changed, cut out or put in."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(changed))
        kind = rng.random()
        if kind < 0.6:
            changed[place] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256)])
        elif kind < 0.8:
            del changed[place : place + rng.randint(1, 30)]
        else:
            changed[place:place] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
    return bytes(changed) or b"\x00"


def require_images(read: Any) -> None:
    """What was read are images of 8 x 8 pixels, all of them there."""
    images = read if hasattr(read, "numpy") else read.images(np.arange(len(read)))
    assert len(images) >= 1
    assert images.shape[-2:] == (8, 8)
    assert hasattr(read, "numpy") or images.dtype == np.uint8


def fuzz_pictures(rounds: int, folder: Path) -> dict[str, int]:
    """How many changed pictures, and archives of pictures, were read and refused; anything else is raised."""
    rng, counts = random.Random(rounds), {"read": 0, "refused": 0}
    whole = [
        *(encoded("PNG", mode=mode) for mode in ("P", "LA", "1")),
        *(encoded("JPEG", size, mode) for size in (8, 24) for mode in ("RGB", "L")),
    ]
    for number in range(rounds):
        way = list(WAYS.values())[number % len(WAYS)]
        try:
            require_images(way(folder, mutated(rng, rng.choice(whole))))
            counts["read"] += 1
        except UsageError:
            counts["refused"] += 1
        for file in ("img_align_celeba.zip", "rendered_chairs.tar"):
            if way in (as_portrait, as_chair) and (folder / file).exists() and rng.random() < 0.3:
                (folder / file).write_bytes(mutated(rng, (folder / file).read_bytes()))
                try:
                    name = "celeba" if file.endswith("zip") else "chairs"
                    require_images(load_dataset(name, path=str(folder), resolution=8))
                    counts["read"] += 1
                except UsageError:
                    counts["refused"] += 1
    return counts


def test_changed_pictures_are_read_or_refused(tmp_path: Path) -> None:
    counts = fuzz_pictures(48, tmp_path)
    assert min(counts.values()) >= 5


@pytest.mark.slow
def test_many_changed_pictures_are_read_or_refused(tmp_path: Path) -> None:
    counts = fuzz_pictures(300, tmp_path)
    assert min(counts.values()) >= 15


def stored(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Whole files of data: the dataset that reads them -> where they lie in its folder, and what they hold."""
    boxheads = sorted((ORIGINAL / "boxheadsimple2").iterdir())[0]
    images, levels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8), np.arange(20)[:, None]
    with h5py.File(folder / "a.h5", "w") as file:
        file["images"], file["factors"] = images, levels
    np.savez(folder / "a.npz", images=images, factors=levels)
    np.save(folder / "a.npy", images)
    arrays = {f"arrays {name}": (name, (folder / name).read_bytes()) for name in ("a.h5", "a.npz", "a.npy")}
    return {"boxhead_files": (f"boxheadsimple2/{boxheads.name}", boxheads.read_bytes()), **arrays}


def fuzz_files(rounds: int, folder: Path) -> tuple[int, int]:
    """How many changed files of data were read, and how many refused in words; anything else is raised."""
    rng, read, refused = random.Random(rounds), 0, 0
    for name, (file, content) in stored(folder).items():
        for number in range(rounds):
            place = folder / f"{name}-{number}" / file
            place.parent.mkdir(parents=True)
            place.write_bytes(mutated(rng, content[:2000]) + content[2000:])
            path = place.parent if name == "boxhead_files" else place
            message = said_of(lambda: load_dataset(name.split()[0], path=str(path)))  # noqa: B023
            assert not message or not lacks(message), message
            read, refused = read + (not message), refused + bool(message)
    return read, refused


def said_of(read: Callable[[], Any]) -> str:
    """Why a dataset was refused; nothing where all its images were read."""
    try:
        dataset = read()
        images = dataset.images(np.arange(len(dataset)))
    except UsageError as error:
        return str(error)
    assert images.shape == (len(dataset), *dataset.image_shape)
    return ""


def test_changed_files_of_data_are_read_or_refused(tmp_path: Path) -> None:
    read, refused = fuzz_files(25, tmp_path)
    assert min(read, refused) >= 10


@pytest.mark.slow
def test_many_changed_files_of_data_are_read_or_refused(tmp_path: Path) -> None:
    read, refused = fuzz_files(100, tmp_path)
    assert min(read, refused) >= 40


def elsewhere(item: str) -> dict[str, Any]:
    """How a dataset of an HDF5 file is made whose numbers are those of another file."""
    shape = (1, 64, 64, 3)
    if item == "raw":
        return {"shape": shape, "dtype": "u1", "external": [("/etc/passwd", 0, h5py.h5f.UNLIMITED)]}
    layout = h5py.VirtualLayout(shape, "u1")
    layout[:] = h5py.VirtualSource("/somewhere/else.h5", "x", shape)
    return {"layout": layout}


@pytest.mark.parametrize("item", ["raw", "virtual"])
def test_numbers_of_other_files_are_not_read(item: str, tmp_path: Path) -> None:
    """An HDF5 file may say that its images are any file of this machine."""
    for file, name in (("a.h5", "images"), ("boxheadsimple2/dataset_0_.hdf5", "0/data")):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        with h5py.File(tmp_path / file, "w") as opened:
            make = opened.create_dataset if item == "raw" else opened.create_virtual_dataset
            make(name, **elsewhere(item))
            opened["0/labels"] = np.void(b"N.")
    message = r"the numbers of .* must lie in it; got '.*', which refers to other files; copy the numbers into it"
    with pytest.raises(UsageError, match=message):
        load_dataset("arrays", path=str(tmp_path / "a.h5"))
    with pytest.raises(UsageError, match=message):
        load_dataset("boxhead_files", path=str(tmp_path / "boxheadsimple2"))


@pytest.mark.parametrize("key", ["0/data/x", f"{'9' * 5000}/data", "1e3/data"])
def test_groups_that_are_none_are_refused(key: str, tmp_path: Path) -> None:
    (tmp_path / "boxheadsimple2").mkdir()
    with h5py.File(tmp_path / "boxheadsimple2" / "dataset_0_.hdf5", "w") as opened:
        opened[key] = np.zeros((1, 64, 64, 3), np.uint8)
        opened[f"{key.partition('/')[0]}/labels"] = np.void(b"N.")
    with pytest.raises(UsageError, match=r"must hold groups 0, 1, … of 'data' .* and 'labels'; got "):
        load_dataset("boxhead_files", path=str(tmp_path / "boxheadsimple2"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_place_that_no_data_can_be_in_is_said_in_words() -> None:
    with pytest.raises(UsageError, match=r"mnist needs the file absent/.*; it is not there"):
        load_dataset({"name": "mnist", "path": "absent"})
    with pytest.raises(
        UsageError, match=r"a place must be a path whose names have at most 255 bytes each; got 'x+; ren"
    ):
        load_dataset({"name": "mnist", "path": "x" * 300})
    with pytest.raises(UsageError, match=r"/proc/self/mem must be readable; got .*; check what it is and who may read"):
        load_dataset({"name": "shapes3d", "path": "/proc/self/mem"})
