"""Pictures as cameras and programs leave them: sizes, modes, rotation notes, files of other kinds beside them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._files.own_pictures import fitted


def folder_of(path: Path, **pictures: Image.Image) -> str:
    for name, picture in pictures.items():
        picture.save(path / f"{name}.png")
    return str(path)


def half(width: int, height: int) -> np.ndarray:
    pixels = np.zeros((height, width), np.uint8)
    pixels[:, : width // 2] = 200
    return pixels


def test_mixed_sizes_are_offered_crop_or_pad(tmp_path: Path) -> None:
    path = folder_of(tmp_path, a=Image.fromarray(half(40, 20)), b=Image.fromarray(half(20, 20)))
    with pytest.raises(UsageError, match=r"give resolution=64 to resample .* fit=crop keeps .*, fit=pad the whole"):
        load_dataset("image_folder", path=path)
    cropped = load_dataset("image_folder", path=path, resolution=20).images(np.array([0]))[0, 0]
    assert np.array_equal(cropped, half(40, 20)[:, 10:30])
    padded = load_dataset("image_folder", path=path, resolution=20, fit="pad").images(np.array([0]))[0, 0]
    assert (padded[:5] == 255).all()
    assert (padded[15:] == 255).all()
    assert padded[10, 2] == 200
    assert padded[10, 17] == 0
    with pytest.raises(UsageError, match=r"image_folder\.fit must be one of: crop, pad"):
        load_dataset("image_folder", path=path, resolution=20, fit="stretch")


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "I;16"])
@pytest.mark.parametrize("resolution", [None, 8])
def test_a_picture_is_the_same_in_every_mode(tmp_path: Path, mode: str, resolution: int | None) -> None:
    """A palette and black and white were resampled by the nearest pixel; 16 bits and transparency are brought to 8."""
    pixels = np.zeros((16, 16), np.uint8)
    pixels[3:9, 5:12] = 255
    plain = Image.fromarray(pixels)
    picture = Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else plain.convert(mode)
    options = {"path": folder_of(tmp_path, a=picture), "resolution": resolution, "colour": "grey"}
    came = load_dataset("image_folder", **options).images(np.array([0]))[0, 0]
    right = np.asarray(plain if resolution is None else fitted(plain, (8, 8)))
    assert np.abs(came.astype(int) - right).max() <= 1


def test_transparent_pixels_are_white(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:4, :, 3] = 255
    came = load_dataset("image_folder", path=folder_of(tmp_path, a=Image.fromarray(pixels, "RGBA"))).images(
        np.array([0])
    )
    assert (came[0, :, :4] == 0).all()
    assert (came[0, :, 4:] == 255).all()


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_rotation_noted_by_the_camera_is_done(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    Image.fromarray(half(24, 16)).save(tmp_path / f"a.{suffix}", exif=exif)
    dataset = load_dataset("image_folder", path=str(tmp_path))
    assert dataset.image_shape == (1, 24, 16)
    image = dataset.images(np.array([0]))[0, 0]
    assert image[:10].mean() > 190
    assert image[14:].mean() < 10


def test_what_other_programs_leave_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "__MACOSX").mkdir()
    for name in ("__MACOSX/a.png", "._a.png"):
        (tmp_path / name).write_bytes(b"\x00\x05")
    (tmp_path / "b.webp").write_bytes(b"RIFF")
    with pytest.raises(UsageError, match=r"got none, in it or below it, but \.webp; convert them to PNG"):
        load_dataset("image_folder", path=str(tmp_path))
    dataset = load_dataset("image_folder", path=folder_of(tmp_path, a=Image.fromarray(half(8, 8))))
    assert dataset.names == ("a.png",)


def test_pictures_without_labels_train_and_names_follow_their_rows(tmp_path: Path) -> None:
    for k in range(10):
        Image.fromarray(np.full((8, 8), 20 * k, np.uint8)).save(tmp_path / f"{k}.png")
    (tmp_path / "factors.csv").write_text("file;age\n0.png;1,5\n3.png;\n4.png;2,5\n")
    dataset = load_dataset("image_folder", path=str(tmp_path), split={"train": 0.8})
    assert dataset.names is not None
    rows = np.arange(10)
    assert [int(name[0]) * 20 for name in dataset.names] == dataset.images(rows)[:, 0, 0, 0].tolist()
    assert int(np.isnan(dataset.factors(rows)).sum()) == 8
    assert "7 of 10 pictures have no row of factors" in dataset.source
