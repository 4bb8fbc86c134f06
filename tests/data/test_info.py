"""What a dataset says of itself, through every view and in every order of views."""

import dataclasses
import itertools

import numpy as np
import pytest

from unbraid.core import Factor, FactorSpace, UsageError
from unbraid.data import (
    DatasetInfo,
    GroundTruthDataset,
    RenderedDataset,
    draw_rows,
    factor_distances,
    in_memory,
    load_dataset,
    walk_along,
)
from unbraid.data._views.correlated import drawn_correlated
from unbraid.data._views.held_out import without_combinations
from unbraid.data._views.in_memory import InMemory
from unbraid.data._views.painted import Painted
from unbraid.data._views.resized import Resized
from unbraid.data._views.standardized import standardized
from unbraid.data._views.thinned import Thinned

SPACE = FactorSpace((Factor("left", 4), Factor("right", 6)))
VIEWS = {
    "every": lambda dataset: Thinned(dataset, {"right": 2}),
    "held_out": lambda dataset: without_combinations(dataset, {"left": [0], "right": [0]}, "train"),
    "correlated": lambda dataset: drawn_correlated(dataset, factors=["left", "right"], sigma=0.1),
    "resolution": lambda dataset: Resized(dataset, 4),
    "standardize": standardized,
    "in_memory": in_memory,
}


def render(factors: np.ndarray) -> np.ndarray:
    """The left half shows one factor, the right half the other."""
    return np.repeat((factors * [80, 50]).astype(np.uint8), 4, axis=1)[:, None, None].repeat(8, axis=2)


def world(**info: object) -> GroundTruthDataset:
    return RenderedDataset("halves", SPACE, (1, 8, 8), render, "made up").with_info(render=render, **info)


def test_fields_of_info_are_read_as_attributes() -> None:
    dataset = world(standardisation=(np.array([0.1]), np.array([0.2])), draw=lambda rng, count: np.zeros(count, int))
    for field in dataclasses.fields(DatasetInfo):
        assert getattr(dataset, field.name) is getattr(dataset.info, field.name), field.name


def test_changing_info_leaves_the_dataset_it_came_from() -> None:
    dataset = world()
    other = dataset.with_info(name="others", source="elsewhere")
    assert (dataset.name, dataset.source) == ("halves", "made up")
    assert (other.name, other.source, other.space) == ("others", "elsewhere", SPACE)
    assert np.array_equal(other.images(np.arange(24)), dataset.images(np.arange(24)))


@pytest.mark.parametrize("first", VIEWS)
def test_views_keep_what_they_do_not_change_in_every_order(first: str) -> None:
    for order in itertools.permutations(VIEWS):
        if order[0] != first:
            continue
        if refused := refusal(order):
            with pytest.raises(UsageError, match=refused):
                seen(world(), order)
        else:
            check_nothing_is_lost(seen(world(), order))


def seen(dataset: GroundTruthDataset, order: tuple[str, ...]) -> GroundTruthDataset:
    for name in order:
        dataset = VIEWS[name](dataset)
    return dataset


def refusal(order: tuple[str, ...]) -> str:
    """Why an order cannot be: thinning takes grids, and rows are renumbered only while they are drawn uniformly."""
    for number, name in enumerate(order):
        if name == "every" and "held_out" in order[:number]:
            return "every= thins complete grids only; got halves"
        if name in ("every", "held_out") and "correlated" in order[:number]:
            return (
                f"{name} needs a dataset whose rows are drawn uniformly; got halves, .* leave out {name}, or the draw"
            )
    return ""


def check_nothing_is_lost(view: GroundTruthDataset) -> None:
    assert (view.name, view.source, view.image_shape) == ("halves", "made up", (1, 4, 4))
    assert view.space.sizes == (4, 3)
    assert not view.complete
    assert view.standardisation is not None
    assert view.draw is not None
    assert view.render is not None
    assert np.array_equal(view.render(view.factors(np.arange(11))), view.images(np.arange(11)))
    assert view.rows_by_combination[0].tolist() == list(range(1, 12))  # (0, 0) is held out
    drawn = view.factors(draw_rows(view, np.random.default_rng(0), 500))
    assert np.corrcoef(drawn.T)[0, 1] > 0.8


@pytest.mark.parametrize("view", ["resolution", "in_memory"])
def test_a_given_draw_and_standardisation_pass_through(view: str) -> None:
    dataset = world(standardisation=(np.array([0.1]), np.array([0.2])), draw=lambda rng, count: np.full(count, 7))
    view_of = VIEWS[view](dataset)
    assert view_of.draw is dataset.draw
    assert view_of.standardisation is dataset.standardisation


def test_paint_keeps_how_rows_are_drawn_and_drops_what_grey_images_had() -> None:
    dataset = world(standardisation=(np.array([0.1]), np.array([0.2])), draw=lambda rng, count: np.full(count, 7))
    painted = Painted("coloured", dataset, lambda images, rows: images.repeat(3, axis=1), "painted")
    assert (painted.name, painted.source, painted.image_shape) == ("coloured", "made up; painted", (3, 8, 8))
    assert painted.draw is dataset.draw
    assert (painted.complete, painted.space) == (True, SPACE)
    assert painted.standardisation is None
    assert painted.render is None


def test_images_in_memory_are_those_of_a_rendered_world() -> None:
    held = in_memory(world())
    assert isinstance(held, InMemory)
    assert held.info.render is render


def test_a_smaller_boxhead_is_still_measured_by_redrawing_one_factor() -> None:
    part = load_dataset("boxhead", rows=40, resolution=16, held_out={"azimuth": [0]})
    distances = factor_distances(part, np.random.default_rng(0), pairs=20)
    assert distances.redrawn
    assert distances.absent == ()
    images, factors = walk_along(part, 3, steps=5)
    assert images.shape == (5, 3, 16, 16)
    assert len(np.unique(factors[:, 3])) == 5


def test_an_image_shape_of_two_numbers_is_refused() -> None:
    with pytest.raises(UsageError, match=r"image_shape must be \(channels, height, width\); got \(32, 32\)"):
        DatasetInfo("mine", (32, 32))


def test_views_of_levels_need_levels() -> None:
    nothing = world().with_info(space=FactorSpace(()))
    with pytest.raises(UsageError, match="correlated needs a dataset whose factors have levels; got halves with sizes"):
        drawn_correlated(nothing, factors=["left", "right"])
    with pytest.raises(UsageError, match="held_out needs a dataset whose factors have levels; got halves with sizes"):
        without_combinations(nothing, {"left": [0]}, "train")
