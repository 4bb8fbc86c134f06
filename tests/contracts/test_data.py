"""The same questions to every dataset that opens without files."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from unbraid.core import UsageError, choices_of, load_entry, names, options_of
from unbraid.data import GroundTruthDataset, draw_rows, in_memory, load_dataset
from unbraid.data._files.packages import PACKAGES

SMALL = {"boxhead": {"rows": 40}}  # options that keep a world quick to prepare; other worlds open as they are


@functools.cache
def opened(name: str) -> GroundTruthDataset | None:
    """The dataset, or None where it needs files that are not here."""
    hidden = {
        "fashion_mnist": replace(PACKAGES["fashion_mnist"], folder="/nonexistent/unbraid")
    }  # 60,000: too slow here
    with patch.dict(os.environ, {"UNBRAID_DATA": "/nonexistent/unbraid"}), patch.dict(PACKAGES, hidden):
        try:
            return load_dataset(name, **SMALL.get(name, {}))
        except UsageError:
            return None


def needs_files(name: str) -> bool:
    required = [p for p in options_of(load_entry("data", name)).values() if p.default is inspect.Parameter.empty]
    return bool(required) or opened(name) is None


WORLDS = [name for name in names("data") if not needs_files(name)]


def world(name: str) -> GroundTruthDataset:
    dataset = opened(name)
    assert dataset is not None
    return dataset


def some_rows(dataset: GroundTruthDataset, count: int = 12) -> np.ndarray:
    return np.random.default_rng(0).integers(0, len(dataset), count)


def test_the_worlds_that_need_nothing_are_found() -> None:
    assert {"digits", "dsprites", "ellipses", "toy", "xysquares", "xyobject"} <= set(WORLDS)


CHOICES = [
    (name, option)
    for name in names("data")
    for option, parameter in options_of(load_entry("data", name)).items()
    if choices_of(parameter.annotation)
]


@pytest.mark.parametrize(("name", "option"), CHOICES)
def test_a_choice_that_is_none_is_refused_before_any_file_is_read(name: str, option: str) -> None:
    entry = load_entry("data", name)
    needed = {key: "nowhere" for key, p in options_of(entry).items() if p.default is inspect.Parameter.empty}
    with pytest.raises(UsageError, match=rf"\.{option}.* must be one of: .*; got 'none of them'"):
        entry(**needed, **{option: "none of them"})
    with pytest.raises(UsageError, match=rf"{name}\.{option} must be one of: .*; got 'none of them'"):
        load_dataset(name, **needed, **{option: "none of them"})


def test_the_choices_are_told_by_the_signatures() -> None:
    assert {"arrays", "boxhead", "celeba", "dsprites", "ellipses", "image_folder", "mnist", "mpi3d", "smallnorb"} <= {
        name for name, _ in CHOICES
    }


@pytest.mark.parametrize("name", WORLDS)
def test_images_and_factors_have_the_shapes_and_types_they_promise(name: str) -> None:
    dataset, index = world(name), some_rows(world(name))
    images, factors = dataset.images(index), dataset.factors(index)
    assert images.shape == (len(index), *dataset.image_shape)
    assert images.dtype == np.uint8
    assert images.max() > images.min()
    assert factors.shape == (len(index), len(dataset.space))
    assert factors.dtype == (np.int64 if min(dataset.space.sizes, default=1) else np.float64)
    assert dataset.name == name
    assert dataset.source
    assert dataset.standardisation is None
    nothing = np.empty(0, np.int64)
    assert dataset.images(nothing).shape == (0, *dataset.image_shape)
    assert dataset.factors(nothing).shape == (0, len(dataset.space))


@pytest.mark.parametrize("name", WORLDS)
def test_levels_lie_within_their_factors_and_number_a_complete_grid(name: str) -> None:
    dataset = world(name)
    index = np.unique(np.concatenate([some_rows(dataset, 500), [0, len(dataset) - 1]]))
    factors, sizes = dataset.factors(index), np.array(dataset.space.sizes)
    assert (factors >= 0).all()
    assert (factors[:, sizes > 0] < sizes[sizes > 0]).all()
    if dataset.complete:
        assert len(dataset) == dataset.space.combinations
        assert np.array_equal(dataset.space.index(factors), index)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("ask", ["images", "factors"])
def test_rows_out_of_range_are_refused_with_the_range(name: str, ask: str) -> None:
    dataset = world(name)
    for wrong in (-1, len(dataset)):
        with pytest.raises(UsageError, match=rf"index must lie in 0 \.\. {len(dataset) - 1}; got {wrong}"):
            getattr(dataset, ask)(np.array([0, wrong]))


@pytest.mark.parametrize("name", WORLDS)
def test_a_row_is_the_same_image_in_any_company_and_in_another_copy(name: str) -> None:
    dataset, index = world(name), some_rows(world(name))
    images = dataset.images(index)
    alone = np.concatenate([dataset.images(index[k : k + 1]) for k in range(len(index))])
    assert np.array_equal(images, alone)
    assert np.array_equal(images[::-1], dataset.images(index[::-1]))
    again = load_dataset(
        name, **{"cache": "never"} if "cache" in options_of(load_entry("data", name)) else SMALL.get(name, {})
    )
    assert np.array_equal(images, again.images(index))
    images[:] = 7  # what a caller does with its batch stays its own affair
    assert not np.array_equal(images, dataset.images(index))


@pytest.mark.parametrize("name", WORLDS)
def test_a_batch_is_made_at_once_not_item_by_item(name: str) -> None:
    dataset, index = world(name), some_rows(world(name), 4)
    few, many = (calls(lambda n=n: dataset.images(np.tile(index, n))) for n in (2, 16))
    assert many - few < 30, f"56 more rows take {many - few} more calls"


def calls(work: Callable[[], object]) -> int:
    """How many functions `work` calls, Python's and C's."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()  # what is prepared the first time does not count
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", WORLDS)
def test_resolution_keeps_rows_and_means(name: str) -> None:
    dataset, index = world(name), some_rows(world(name))
    half = load_dataset(name, resolution=dataset.image_shape[1] // 2, **SMALL.get(name, {}))
    assert half.images(index).shape[2:] == (dataset.image_shape[1] // 2,) * 2
    assert np.array_equal(half.factors(index), dataset.factors(index))
    assert half.images(index).mean() == pytest.approx(dataset.images(index).mean(), abs=0.5)


@pytest.mark.parametrize("name", WORLDS)
def test_rows_are_drawn_within_range_and_repeatably(name: str) -> None:
    dataset = world(name)
    rows = draw_rows(dataset, np.random.default_rng(3), 200)
    assert rows.shape == (200,)
    assert rows.dtype == np.int64
    assert rows.min() >= 0
    assert rows.max() < len(dataset)
    assert np.array_equal(rows, draw_rows(dataset, np.random.default_rng(3), 200))


@pytest.mark.parametrize("name", WORLDS)
def test_holding_a_part_in_memory_changes_nothing(name: str) -> None:
    dataset = world(name)
    if dataset.complete:
        every = {factor.name: max(1, factor.size // 2) for factor in dataset.space.factors}
        dataset = load_dataset(name, every=every, resolution=16, **SMALL.get(name, {}))
    held, index = in_memory(dataset), some_rows(dataset)
    assert np.array_equal(held.images(index), dataset.images(index))
    assert np.array_equal(held.factors(index), dataset.factors(index))
    assert (held.complete, held.space, held.source) == (dataset.complete, dataset.space, dataset.source)


@pytest.mark.parametrize("name", WORLDS)
def test_each_visible_factor_changes_the_image(name: str) -> None:
    """On complete grids: one step along any factor changes pixels somewhere."""
    dataset = world(name)
    if not dataset.complete:
        pytest.skip("not a grid")
    index = some_rows(dataset, 30)
    factors, images = dataset.factors(index), dataset.images(index)
    for k, factor in enumerate(dataset.space.factors):
        stepped = factors.copy()
        stepped[:, k] = (stepped[:, k] + factor.size // 2) % factor.size
        changed = dataset.images(dataset.space.index(stepped)) != images
        assert changed.any() or factor.size == 1, f"{name}.{factor.name} changes nothing"
