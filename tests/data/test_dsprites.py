"""dSprites: drawn exactly enough, prepared once, and the same dataset from the original files."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._files.cache import damage
from unbraid.data._files.locations import digest
from unbraid.data._scenes.dsprites_shapes import SPACE, masks

SMALL = {"orientation": 20, "posX": 16, "posY": 16}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def levels_of(shape: int, scale: int, orientation: int, x: int = 10, y: int = 20) -> np.ndarray:
    return np.array([[shape, scale, orientation, x, y]])


def test_areas_at_orientation_0_are_those_of_the_published_images() -> None:
    expected = {0: [100, 144, 196, 256, 324, 400], 1: [76, 104, 144, 184, 228, 288], 2: [58, 84, 108, 140, 182, 222]}
    for shape, areas in expected.items():
        for scale, area in enumerate(areas):
            drawn = int(masks(levels_of(shape, scale, 0, 0, 0)).sum())
            assert abs(drawn - area) <= (0 if shape == 0 else 6), (shape, scale, drawn)


def test_both_ends_of_the_turn_show_the_same_image() -> None:
    for shape in range(3):
        assert np.array_equal(masks(levels_of(shape, 3, 0)), masks(levels_of(shape, 3, 39)))


def test_shapes_are_not_each_other_and_a_heart_is_not_symmetric_top_to_bottom() -> None:
    square, ellipse, heart = (masks(levels_of(shape, 5, 0, 15, 15))[0] for shape in range(3))
    assert (square ^ ellipse).sum() > 100
    assert (heart ^ heart[::-1]).sum() > 20


@pytest.mark.parametrize(("factor", "axis"), [("posX", 1), ("posY", 0)], ids=["posX moves right", "posY moves down"])
def test_positions_move_the_centre_of_mass_by_32_pixels(factor: str, axis: int) -> None:
    low, high = levels_of(1, 2, 7, 0, 0), levels_of(1, 2, 7, 0, 0)
    high[0, SPACE.position(factor)] = 31
    centres = [np.argwhere(masks(levels)[0]).mean(axis=0) for levels in (low, high)]
    moved = centres[1] - centres[0]
    assert moved[axis] == pytest.approx(32, abs=0.3)
    assert moved[1 - axis] == pytest.approx(0, abs=0.3)


def test_the_windows_cut_nothing_off() -> None:
    """Small windows about each shape give what looking at every pixel gives."""
    from unbraid.data._scenes.dsprites_shapes import SHAPES
    from unbraid.data._scenes.raster import point_sampled

    rng = np.random.default_rng(0)
    centre, angle, scale = rng.uniform(10, 54, (60, 2)), rng.uniform(0, 7, 60), rng.choice([0.5, 0.77, 1.0], 60)
    for inside, reach in SHAPES:
        tight = point_sampled(inside, centre, angle, scale, reach=reach, size=64)
        assert np.array_equal(tight, point_sampled(inside, centre, angle, scale, reach=200, size=64))


def test_mean_and_deviation_of_a_stratified_sample_are_near_the_published_ones() -> None:
    world = load_dataset("dsprites", every={"orientation": 5, "posX": 5, "posY": 5}, cache="never")
    pixels = world.images(np.arange(len(world))).reshape(len(world), -1) / 255
    assert pixels.mean() == pytest.approx(0.0424944, abs=5e-4)
    assert pixels.std(axis=1, ddof=1).mean() == pytest.approx(0.1951665, abs=1e-3)


def test_a_thinned_grid_draws_only_its_own_rows_and_prepares_nothing(own_cache: Path) -> None:
    world = load_dataset("dsprites", every=SMALL, resolution=32)
    assert world.space.sizes == (3, 6, 2, 2, 2)
    assert world.images(np.arange(len(world))).shape == (144, 1, 32, 32)
    assert not own_cache.exists()


@pytest.mark.slow
def test_the_whole_grid_is_prepared_once_and_then_opened_at_once(own_cache: Path) -> None:
    start = time.perf_counter()
    first = load_dataset("dsprites", cache="whole")
    assert time.perf_counter() - start < 90
    start = time.process_time()  # it only reads: the wall clock would measure the neighbours
    again = load_dataset("dsprites")
    assert time.process_time() - start < 1
    rng = np.random.default_rng(0)
    index = rng.integers(0, len(first), 3000)
    drawn = load_dataset("dsprites", cache="never")
    assert np.array_equal(again.images(index), drawn.images(index))
    total = deviation = 0.0
    for start_row in range(0, len(again), 8192):
        ones = again.images(np.arange(start_row, min(start_row + 8192, len(again)))).reshape(-1, 4096) > 0
        p = ones.mean(axis=1)
        total, deviation = total + p.sum(), deviation + np.sqrt(p * (1 - p) * 4096 / 4095).sum()
    assert total / len(again) == pytest.approx(0.0424944, abs=1e-4)
    assert deviation / len(again) == pytest.approx(0.1951665, abs=1e-4)
    start_cpu, gathered = time.process_time(), 0
    while time.process_time() - start_cpu < 0.5:
        gathered += len(again.images(rng.integers(0, len(again), 256)))
    assert gathered / (time.process_time() - start_cpu) > 80_000
    file = own_cache / "dsprites-rendered-1.npy"
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2)
    assert "cannot be read" in damage(file, (737_280, 512), np.uint8)
    assert np.array_equal(
        load_dataset("dsprites").images(index[:50]), drawn.images(index[:50])
    )  # damaged: drawn instead
    assert np.array_equal(load_dataset("dsprites", cache="whole").images(index), drawn.images(index))  # and made again


def test_an_unknown_cache_names_what_is_allowed() -> None:
    with pytest.raises(UsageError, match=r"cache must be one of: auto, whole, never; got 'hole'; Did you mean 'whole'"):
        load_dataset("dsprites", cache="hole")


def original_arrays() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A small true-format grid: images {0, 1}, classes and values with the colour column."""
    world = load_dataset("dsprites", every=SMALL, cache="never")
    levels = world.factors(np.arange(len(world)))
    images = world.images(np.arange(len(world)))[:, 0] // 255
    classes = np.concatenate([np.zeros((len(levels), 1), np.int64), levels], axis=1)
    values = np.concatenate([np.ones((len(levels), 1)), world.space.values(levels)], axis=1)
    values[:, 1] += 1  # the published file numbers shapes 1, 2, 3
    return images, classes, values


def write_original(file: Path, images: np.ndarray, classes: np.ndarray, values: np.ndarray) -> Path:
    if file.suffix == ".npz":
        metadata = np.array({"date": "April 2017"}, dtype=object)  # pickled in the published file; must not be read
        np.savez_compressed(file, imgs=images, latents_classes=classes, latents_values=values, metadata=metadata)
    else:
        with h5py.File(file, "w") as target:
            target.create_dataset("imgs", data=images, chunks=(64, 2, 4), compression="gzip")
            target["latents/classes"], target["latents/values"] = classes, values
    return file


@pytest.mark.parametrize("name", ["d.npz", "d.hdf5"])
def test_original_files_give_the_same_dataset(tmp_path: Path, name: str) -> None:
    file = write_original(tmp_path / name, *original_arrays())
    read, drawn = (
        load_dataset("dsprites", source=str(file), verify=False),
        load_dataset("dsprites", every=SMALL, cache="never"),
    )
    index = np.random.default_rng(0).permutation(len(drawn))
    assert (read.name, read.complete, read.image_shape) == (drawn.name, drawn.complete, drawn.image_shape)
    assert read.space == drawn.space
    assert np.array_equal(read.images(index), drawn.images(index))
    assert np.array_equal(read.factors(index), drawn.factors(index))
    assert name in read.source


def test_another_file_is_refused_by_its_checksum(tmp_path: Path) -> None:
    file = write_original(tmp_path / "d.npz", *original_arrays())
    with pytest.raises(UsageError, match=r"must have the published git checksum d98996d3f8ee…; got .*verify=false"):
        load_dataset("dsprites", source=str(file))


def test_checksums_are_those_of_git_and_of_sha256(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"what is up, doc?")
    assert digest(file, "git") == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"  # the example of the Git book
    assert digest(file, "sha256") == hashlib.sha256(b"what is up, doc?").hexdigest()


def test_a_missing_or_strange_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"source must be 'render' or the path of an existing .npz or .hdf5 file"):
        load_dataset("dsprites", source=str(tmp_path / "none.npz"))
    (tmp_path / "d.tar").write_bytes(b"")
    with pytest.raises(UsageError, match=r"must end in .npz or .hdf5; got 'd.tar'"):
        load_dataset("dsprites", source=str(tmp_path / "d.tar"))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = write_original(tmp_path / "d.npz", *original_arrays())
    file.write_bytes(file.read_bytes()[:3000])
    with pytest.raises(UsageError, match=r"d\.npz"):
        load_dataset("dsprites", source=str(file), verify=False)


def test_rows_out_of_order_columns_and_images_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    images, classes, values = original_arrays()
    cases = {
        "must hold the complete grid": (images, classes[::-1], values),
        "must have 6 columns": (images, classes[:, :5], values),
        "one image per row of its tables": (images[:-1], classes, values),
        "must be square images": (images[:, :, :32], classes, values),
    }
    for message, arrays in cases.items():
        file = write_original(tmp_path / "d.npz", *arrays)
        with pytest.raises(UsageError, match=message):
            load_dataset("dsprites", source=str(file), verify=False)
    np.savez(tmp_path / "d.npz", pictures=images)
    with pytest.raises(UsageError, match="must hold an array 'imgs'; it holds pictures"):
        load_dataset("dsprites", source=str(tmp_path / "d.npz"), verify=False)


def test_two_processes_that_prepare_at_once_take_turns(own_cache: Path) -> None:
    """Both want the same array; it is written once, whole, and both read it."""
    code = (
        "import sys, time, numpy as np; from pathlib import Path\n"
        "from unbraid.data._files.cache import prepared_array\n"
        "def fill(a):\n    print('filled'); time.sleep(0.3); a[:] = 7\n"
        "print(int(prepared_array(Path(sys.argv[1]), (50, 8), np.uint8, fill).sum()))"
    )
    own_cache.mkdir()
    command = [sys.executable, "-c", code, str(own_cache / "shared.npy")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate()[0].split() for process in both]
    assert sorted(printed) == [["2800"], ["filled", "2800"]]
    assert json.loads((own_cache / "shared.json").read_text())["bytes"] == (own_cache / "shared.npy").stat().st_size
    assert not list(own_cache.glob("*.part"))


def test_rows_that_a_file_compresses_together_are_read_together() -> None:
    """The published HDF5 file has chunks of 23,040 rows; smaller blocks would decompress each several times."""
    from unbraid.data._files.prepared import spans

    assert [span.start for span in spans(737_280, 4096, 23_040)] == list(range(0, 737_280, 23_040))
    assert [span.stop for span in spans(10, 2**23, 3)] == [3, 6, 9, 10]
    assert [span.stop for span in spans(4, 2**24, 10**6)] == [1, 2, 3, 4]  # too much to read at once
