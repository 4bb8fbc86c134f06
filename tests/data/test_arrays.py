import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._pairs import pairs_along
from unbraid.data._sampling import draw_partners
from unbraid.data._walks import walk_along

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 8, 10, 3), dtype=np.uint8)


def saved(folder: Path, name: str = "mine.npz", **arrays: np.ndarray) -> str:
    np.savez_compressed(folder / name, **arrays)
    return str(folder / name)


def test_channels_last_become_channels_first(tmp_path):
    dataset = load_dataset("arrays", path=saved(tmp_path, images=IMAGES))
    assert dataset.image_shape == (3, 8, 10)
    assert len(dataset.space) == 0
    assert not dataset.complete
    np.testing.assert_array_equal(dataset.images(np.array([4, 1])), IMAGES[[4, 1]].transpose(0, 3, 1, 2))


@pytest.mark.parametrize("shape", [(4, 3, 8, 8), (4, 1, 8, 8), (4, 8, 8)])
def test_other_layouts_are_seen_from_the_shape(tmp_path, shape):
    images = RNG.integers(0, 256, shape, dtype=np.uint8)
    dataset = load_dataset("arrays", path=saved(tmp_path, images=images))
    np.testing.assert_array_equal(dataset.images(np.arange(4)), images.reshape(4, -1, 8, 8))


def test_npy_and_hdf5_give_the_same_as_npz(tmp_path):
    np.save(tmp_path / "a.npy", IMAGES)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/pictures"] = IMAGES
    npz = load_dataset("arrays", path=saved(tmp_path, images=IMAGES)).images(np.arange(6))
    np.testing.assert_array_equal(load_dataset("arrays", path=str(tmp_path / "a.npy")).images(np.arange(6)), npz)
    from_hdf5 = load_dataset("arrays", path=str(tmp_path / "a.h5"), images="group/pictures")
    np.testing.assert_array_equal(from_hdf5.images(np.arange(6)), npz)


def test_a_fortran_ordered_member_is_read_too(tmp_path):
    dataset = load_dataset("arrays", path=saved(tmp_path, images=np.asfortranarray(IMAGES)))
    np.testing.assert_array_equal(dataset.images(np.array([2]))[0], IMAGES[2].transpose(2, 0, 1))


def test_floats_in_0_1_are_rounded_to_bytes_and_ones_become_white(tmp_path):
    floats = np.array([[[0.0, 0.5], [1.0, 0.25]]] * 2)
    assert load_dataset("arrays", path=saved(tmp_path, images=floats)).images(np.array([0])).ravel().tolist() == [
        0,
        128,
        255,
        64,
    ]
    ones = np.array([[[0, 1], [1, 0]]], dtype=np.uint8)
    for images in (ones, ones.astype(bool), ones.astype(np.int64)):
        white = load_dataset("arrays", path=saved(tmp_path, images=images)).images(np.array([0]))
        assert white.ravel().tolist() == [0, 255, 255, 0]


def test_factors_become_levels_and_a_grid_in_order_is_complete(tmp_path):
    grid = np.array([[x, y] for x in np.arange(5) / 2 for y in (10, 20, 30, 40, 50)])
    images = np.zeros((25, 4, 4), np.uint8)
    dataset = load_dataset("arrays", path=saved(tmp_path, images=images, labels=grid), factor_names=["scale", "angle"])
    assert dataset.complete
    assert dataset.space.names == ("scale", "angle")
    assert dataset.space.values(dataset.factors(np.arange(25))).tolist() == grid.tolist()
    shuffled = load_dataset("arrays", path=saved(tmp_path, images=images, factors=grid[::-1]))
    assert not shuffled.complete
    assert shuffled.factors(np.array([0])).tolist() == [[4, 4]]


def test_kinds_are_said_by_the_caller_or_by_the_file(tmp_path):
    grid = np.array([[x, y] for x in (0.5, 1.5) for y in (10, 20, 30)])
    names, kinds = ["scale", "angle"], {"scale": "ordinal", "angle": "circular:360"}
    path = saved(tmp_path, images=IMAGES, factors=grid)
    said = load_dataset("arrays", path=path, factor_names=names, kinds=kinds)
    path = saved(tmp_path, images=IMAGES, factors=grid, kinds=np.array(["ordinal", "circular:360"]))
    held = load_dataset("arrays", path=path, factor_names=names)
    assert said.space == held.space
    assert [(factor.kind, factor.size) for factor in held.space.factors] == [("ordinal", 2), ("circular", 0)]
    over = load_dataset("arrays", path=path, factor_names=names, kinds={"angle": "categorical"})
    assert [factor.kind for factor in over.space.factors] == ["ordinal", "categorical"]
    with pytest.raises(UsageError, match=r"kinds must hold one kind per factor \(2\)"):
        load_dataset("arrays", path=saved(tmp_path, images=IMAGES, factors=grid, kinds=np.array(["ordinal"])))
    with pytest.raises(UsageError, match="kinds needs factors; got none in the file"):
        load_dataset("arrays", path=saved(tmp_path, images=IMAGES), kinds={"x": "ordinal"})


def test_missing_levels_of_a_table_are_nan_and_pairs_and_views_leave_them_out(tmp_path):
    grid = np.array([[x, y] for x in range(5) for y in range(5)], dtype=float)
    grid[::7, 0] = np.nan
    path = saved(tmp_path, images=np.zeros((25, 4, 4), np.uint8), factors=grid)
    dataset = load_dataset("arrays", path=path, kinds={"factor 0": "ordinal"})
    assert np.array_equal(dataset.factors(np.arange(25)), grid, equal_nan=True)
    first, second = pairs_along(dataset, 1, 200, np.random.default_rng(0))
    assert not (set(first) | set(second)) & set(range(0, 25, 7))
    _, levels = walk_along(dataset, 0)
    assert not np.isnan(levels).any()
    with pytest.raises(UsageError, match="a walk must start at a row without missing levels; got row 7"):
        walk_along(dataset, 0, row=7)
    with pytest.raises(UsageError, match="held_out needs the levels of every row; got 4 rows of arrays with missing"):
        load_dataset("arrays", path=path, kinds={"factor 0": "ordinal"}, held_out={"factor 0": [0]})
    with pytest.raises(UsageError, match="combinations can be numbered only where every level is known"):
        draw_partners(dataset, np.arange(5), np.random.default_rng(0))


def test_factors_from_a_csv_keep_words_as_categories(tmp_path):
    (tmp_path / "f.csv").write_text("shape,size\n" + "".join(f"{s},{i % 2}\n" for i, s in enumerate("abcabc" * 2)))
    images = np.zeros((12, 4, 4), np.uint8)
    dataset = load_dataset("arrays", path=saved(tmp_path, images=images), factors=str(tmp_path / "f.csv"))
    assert dataset.space.factors[0].labels == ("a", "b", "c")
    assert dataset.space.factors[1].kind == "ordinal"
    assert dataset.factors(np.array([4])).tolist() == [[1, 0]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_columns_that_name_rows(tmp_path, separator):
    rows = [("", "file", "shape", "age"), *((i, f"{i}.png", "ab"[i % 2], f"{i % 3}.5") for i in range(30))]
    text = "\ufeff" + "".join(separator.join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "f.csv").write_text(text if separator == "," else text.replace(".5", ",5"), encoding="utf-8")
    images = saved(tmp_path, images=np.zeros((30, 4, 4), np.uint8))
    dataset = load_dataset("arrays", path=images, factors=str(tmp_path / "f.csv"))
    assert dataset.space.names == ("shape", "age")
    assert dataset.space.factors[1].values == (0.5, 1.5, 2.5)
    assert "Unnamed: 0, file left out of its factors, for they only name the rows" in dataset.source
    dataset = load_dataset("arrays", path=images, factors=str(tmp_path / "f.csv"), kinds={"file": "categorical"})
    assert dataset.space.sizes == (30, 2, 3)


def test_many_distinct_real_values_stay_continuous(tmp_path):
    images, factors = np.zeros((300, 4, 4), np.uint8), RNG.random((300, 1))
    dataset = load_dataset("arrays", path=saved(tmp_path, images=images, factors=factors))
    assert dataset.space.factors[0].kind == "continuous"
    np.testing.assert_array_equal(dataset.factors(np.arange(300)), factors)


def test_large_arrays_are_prepared_and_memory_mapped(tmp_path, monkeypatch):
    monkeypatch.setenv("UNBRAID_DATA", str(tmp_path / "cache"))
    module = sys.modules["unbraid.data.arrays"]
    monkeypatch.setattr(module, "IN_MEMORY_BYTES", 10)
    path = saved(tmp_path, images=IMAGES)
    first = load_dataset("arrays", path=path)
    assert isinstance(first._images, np.memmap)
    np.testing.assert_array_equal(load_dataset("arrays", path=path).images(np.arange(6)), first.images(np.arange(6)))
    np.testing.assert_array_equal(first.images(np.arange(6)), IMAGES.transpose(0, 3, 1, 2))


@pytest.mark.parametrize(
    ("held", "options", "message"),
    [
        ({"pictures": IMAGES}, {}, r"must hold an array 'images'; it holds pictures \(6, 8, 10, 3\)"),
        ({"images": IMAGES}, {"images": "image"}, "Did you mean 'images'"),
        ({"images": IMAGES.reshape(6, -1)}, {}, r"images must be \[N, H, W\]"),
        ({"images": np.zeros((5, 3, 8, 3), np.uint8)}, {}, "Give layout=NHWC or NCHW"),
        ({"images": np.zeros((5, 6, 8, 7), np.uint8)}, {}, "no axis has 1, 3 or 4 channels"),
        ({"images": IMAGES}, {"layout": "NHW"}, "layout NHW needs 3 axes"),
        ({"images": IMAGES}, {"layout": "HWCN"}, "layout must be one of"),
        ({"images": IMAGES[:0]}, {}, "images must hold pixels"),
        ({"images": IMAGES / 100}, {}, r"must lie in \[0, 1\]; got values from 0 to 2.5"),
        ({"images": np.full((2, 4, 4), np.nan)}, {}, "must lie in"),
        ({"images": IMAGES.astype(int) - 9}, {}, r"must lie in 0 .. 255; got -9 to 246"),
        ({"images": -(IMAGES > 9).astype(int)}, {}, r"must lie in 0 .. 255; got -1 to 0"),
        ({"images": np.full((6, 4, 4), -300)}, {}, r"must lie in 0 .. 255; got -300 to -300"),
        ({"images": IMAGES.astype(complex)}, {}, "images must be numbers"),
        ({"images": IMAGES.astype("m8[s]")}, {}, r"images must be numbers; got dtype timedelta64\[s\]"),
        ({"images": IMAGES, "labels": np.zeros((5, 2))}, {}, r"one row per image \(6 images\); got 5 rows"),
        ({"images": IMAGES, "labels": np.full((6, 2), np.nan)}, {}, "factor 'factor 0' must have a value in some row"),
        ({"images": IMAGES, "labels": np.zeros((6, 2, 2))}, {}, r"factors must be a matrix \[N, K\]"),
        ({"images": IMAGES, "labels": np.zeros((6, 2))}, {"factor_names": ["a"]}, "one name per column"),
        ({"images": IMAGES}, {"factor_names": ["a"]}, "factor_names needs factors"),
        (
            {"images": IMAGES},
            {"factors": "nowhere.csv"},
            "nowhere.csv must be a CSV with a header line; got no such file",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(tmp_path, held, options, message):
    with pytest.raises(UsageError, match=message):
        load_dataset("arrays", path=saved(tmp_path, **held), **options)


def test_missing_damaged_and_foreign_files_are_named(tmp_path):
    with pytest.raises(UsageError, match="must be an existing"):
        load_dataset("arrays", path=str(tmp_path / "none.npz"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match=r"must end in .npz"):
        load_dataset("arrays", path=str(tmp_path / "a.txt"))
    saved(tmp_path, "a.npz", images=IMAGES)
    np.save(tmp_path / "a.npy", IMAGES)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = IMAGES
    for suffix in (".npz", ".npy", ".h5"):
        whole = (tmp_path / f"a{suffix}").read_bytes()
        (tmp_path / f"cut{suffix}").write_bytes(whole[: len(whole) // 2])
        with pytest.raises(UsageError, match=f"must be a whole {suffix} file"):
            load_dataset("arrays", path=str(tmp_path / f"cut{suffix}"))


def test_a_member_shorter_than_its_header_says_is_refused(tmp_path):
    import io
    import zipfile

    stream = io.BytesIO()
    np.save(stream, IMAGES)
    with zipfile.ZipFile(tmp_path / "short.npz", "w") as archive:
        archive.writestr("images.npy", stream.getvalue()[:-100])
    with pytest.raises(UsageError, match=r"reading 'images.npy' failed"):
        load_dataset("arrays", path=str(tmp_path / "short.npz"))


def test_pickled_objects_are_never_read(tmp_path):
    path = saved(tmp_path, images=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UsageError, match="must hold an array 'images'; it holds no arrays"):
        load_dataset("arrays", path=path)


def test_an_index_out_of_range_is_refused(tmp_path):
    dataset = load_dataset("arrays", path=saved(tmp_path, images=IMAGES))
    with pytest.raises(UsageError, match=r"0 .. 5; got 6"):
        dataset.images(np.array([0, 6]))
