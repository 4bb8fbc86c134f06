import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unbraid.core import UsageError
from unbraid.data import load_dataset

RNG = np.random.default_rng(0)


def picture(file: Path, mode: str = "RGB", size: tuple[int, int] = (8, 6), value: int | None = None) -> np.ndarray:
    shape = (size[1], size[0]) + {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8) if value is None else np.full(shape, value, np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)
    return pixels


def test_pictures_are_found_in_subfolders_and_sorted_by_path(tmp_path):
    second, first = picture(tmp_path / "b.png"), picture(tmp_path / "a" / "z.PNG")
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden.png").write_bytes(b"not a picture either")
    dataset = load_dataset("image_folder", path=str(tmp_path))
    assert len(dataset) == 2
    assert dataset.image_shape == (3, 6, 8)
    assert (len(dataset.space), dataset.complete) == (0, False)
    np.testing.assert_array_equal(dataset.images(np.arange(2)), np.stack([first, second]).transpose(0, 3, 1, 2))


def test_grey_stays_grey_unless_one_picture_has_colour(tmp_path):
    picture(tmp_path / "a.png", "L", value=7)
    assert load_dataset("image_folder", path=str(tmp_path)).image_shape[0] == 1
    picture(tmp_path / "b.png", "RGB", value=9)
    dataset = load_dataset("image_folder", path=str(tmp_path))
    assert dataset.images(np.array([0]))[0, :, 0, 0].tolist() == [7, 7, 7]
    assert load_dataset("image_folder", path=str(tmp_path), colour="grey").images(np.arange(2))[
        :, 0, 0, 0
    ].tolist() == [7, 9]


def test_transparent_pictures_are_laid_on_white(tmp_path):
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3] = 255  # the upper half is opaque black, the lower is transparent
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = load_dataset("image_folder", path=str(tmp_path)).images(np.array([0]))[0]
    assert (image[:, :2] == 0).all()
    assert (image[:, 2:] == 255).all()


def test_sixteen_bit_grey_is_scaled_to_bytes(tmp_path):
    Image.fromarray(np.full((4, 4), 65535, np.uint16)).save(tmp_path / "a.png")
    assert load_dataset("image_folder", path=str(tmp_path)).images(np.array([0])).max() == 255


def test_photographs_are_turned_upright(tmp_path):
    pixels = np.zeros((4, 8), np.uint8)
    pixels[:, 4:] = 255  # bright on the right
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned: a quarter clockwise to be upright
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=turned, quality=100)
    image = load_dataset("image_folder", path=str(tmp_path)).images(np.array([0]))[0, 0]
    assert image.shape == (8, 4)
    assert (image[4:] > 250).all()
    assert (image[:4] < 5).all()
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(whole[:-200])
    refused(tmp_path, r"every picture must be readable; .*b.jpg is not")


def test_resolution_takes_the_centred_square_of_every_picture(tmp_path):
    pixels = np.zeros((8, 16), np.uint8)
    pixels[:, 4:12] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    picture(tmp_path / "tall.jpg", "L", (8, 32), value=50)
    dataset = load_dataset("image_folder", path=str(tmp_path), resolution=8)
    assert dataset.image_shape == (1, 8, 8)
    assert np.unique(dataset.images(np.array([1]))).tolist() == [200]
    assert abs(int(dataset.images(np.array([0])).mean()) - 50) <= 1


def test_factors_of_a_csv_follow_the_file_names_not_the_order(tmp_path):
    for name in ("a.png", "b.png", "sub/c.png"):
        picture(tmp_path / name)
    (tmp_path / "factors.csv").write_text("file, angle, kind\nsub/c.png, 30, car\na.png, 10, plane\nb.png, 20, car\n")
    dataset = load_dataset("image_folder", path=str(tmp_path), kinds={"angle": "circular:360"})
    assert dataset.space.names == ("angle", "kind")
    assert [factor.kind for factor in dataset.space.factors] == ["circular", "categorical"]
    assert dataset.space.factors[1].labels == ("car", "plane")
    assert dataset.factors(np.arange(3)).tolist() == [[10, 1], [20, 0], [30, 0]]  # one row per angle: no levels
    levels = load_dataset("image_folder", path=str(tmp_path), kinds={"angle": "ordinal"})
    assert levels.factors(np.arange(3)).tolist() == [[0, 1], [1, 0], [2, 0]]


def test_empty_cells_and_pictures_that_are_not_listed_have_no_levels(tmp_path):
    for name in "abcd":
        picture(tmp_path / f"{name}.png")
    (tmp_path / "factors.csv").write_text("file;x;kind\nc.png;0,5;\na.png;;plane\nb.png;1,5;plane\n")
    dataset = load_dataset("image_folder", path=str(tmp_path), kinds={"x": "ordinal"})
    assert np.array_equal(
        dataset.factors(np.arange(4)), [[np.nan, 0], [1, 0], [0, np.nan], [np.nan] * 2], equal_nan=True
    )
    assert dataset.space.factors[0].values == (0.5, 1.5)
    assert "1 of 4 pictures have no row of factors" in dataset.source
    assert not dataset.complete


def test_kinds_need_factors(tmp_path):
    picture(tmp_path / "a.png")
    refused(tmp_path, "kinds needs factors; got no CSV of factors", kinds={"x": "ordinal"})


def test_many_pictures_are_decoded_once_into_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "cache"))
    module = sys.modules["unbraid.data.image_folder"]
    monkeypatch.setattr(module, "IN_MEMORY", 2)
    pixels = [picture(tmp_path / "in" / f"{i}.png", "L") for i in range(3)]
    dataset = load_dataset("image_folder", path=str(tmp_path / "in"))
    assert isinstance(dataset._images, np.memmap)
    np.testing.assert_array_equal(dataset.images(np.arange(3))[:, 0], np.stack(pixels))
    picture(tmp_path / "in" / "1.png", "L", value=3)
    assert (load_dataset("image_folder", path=str(tmp_path / "in")).images(np.array([1])) == 3).all()


def refused(folder: Path, message: str, **options: object) -> None:
    with pytest.raises(UsageError, match=message):
        load_dataset("image_folder", path=str(folder), **options)


def test_missing_and_empty_folders(tmp_path):
    refused(tmp_path / "none", "must be an existing folder")
    refused(tmp_path, r"must hold .png, .jpg or .jpeg files; got none")


def test_mixed_sizes_are_named_and_resolution_is_offered(tmp_path):
    picture(tmp_path / "a.png", size=(8, 8))
    picture(tmp_path / "b.png", size=(9, 8))
    refused(tmp_path, r"2 sizes: 8x8 \(a.png\), 9x8 \(b.png\); give resolution=64")


def test_a_broken_picture_is_named(tmp_path):
    picture(tmp_path / "a.png", size=(64, 64))
    (tmp_path / "b.jpg").write_bytes(b"this is no picture")
    refused(tmp_path, r"every picture must be readable; .*b.jpg is not")
    (tmp_path / "b.jpg").unlink()
    (tmp_path / "c.png").write_bytes((tmp_path / "a.png").read_bytes()[:3000])
    refused(tmp_path, r"every picture must be readable; .*c.png is not")


def test_options_outside_their_range(tmp_path):
    picture(tmp_path / "a.png")
    refused(tmp_path, r"image_folder\.colour must be one of: grey, rgb; got 'red'", colour="red")
    refused(tmp_path, "resolution must be at least 4 pixels", resolution=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,x\nA.png,1\nB.png,1\n", r"2 images without a row \['a.png', 'b.png'\] and 2 rows without an image"),
        ("file,x\na.png,1\nb.png,2\nc.png,3\n", r"1 rows without an image \['c.png'\]"),
        ("file,x\na.png,1\na.png,1\nb.png,2\n", "must list each image once"),
        ("file,x\na.png,\nb.png,\n", "factor 'x' must have a value in some row"),
        ("file,x\na.png,one\nb.png,two\n", r"at least one factor; got \['x'\], which only name the rows"),
        ("file\na.png\nb.png\n", "at least one factor"),
        ("file,x\n", "must be a CSV with a header line and rows below it; got 0 rows"),
        ("", "must be a file of data; got an empty file; copy or fetch it again"),
    ],
)
def test_a_csv_that_does_not_match_is_refused(tmp_path, text, message):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    (tmp_path / "factors.csv").write_text(text)
    refused(tmp_path, message)
