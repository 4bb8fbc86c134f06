"""Holding images in memory."""

import numpy as np

from unbraid.data import in_memory, load_dataset
from unbraid.data._views.in_memory import InMemory


def test_what_fits_is_held_and_what_does_not_stays() -> None:
    world = load_dataset("dsprites", every={"orientation": 20, "posX": 16, "posY": 16}, cache="never")
    assert isinstance(in_memory(world, 144 * 64 * 64), InMemory)
    assert in_memory(world, 144 * 64 * 64 - 1) is world


def test_everything_but_the_images_comes_along() -> None:
    world = load_dataset(
        "dsprites",
        every={"orientation": 8, "posX": 8, "posY": 8},
        resolution=16,
        cache="never",
        correlated={"factors": ["posX", "posY"]},
        standardize=True,
    )
    held = in_memory(world)
    assert (held.name, held.source, held.space, held.complete) == (
        world.name,
        world.source,
        world.space,
        world.complete,
    )
    assert held.draw is world.draw
    assert held.standardisation is world.standardisation
    index = np.arange(len(world))
    assert np.array_equal(held.images(index), world.images(index))
    assert np.array_equal(held.factors(index), world.factors(index))


def test_arrays_and_held_datasets_are_not_copied() -> None:
    toy = load_dataset("toy")
    assert in_memory(toy) is toy
    held = in_memory(load_dataset("toy", resolution=8))
    assert in_memory(held) is held
