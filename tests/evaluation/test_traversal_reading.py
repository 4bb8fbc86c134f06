"""What traversals show: of decoders that are known, and of a dataset's own images."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from unbraid.core import Factor, FactorSpace
from unbraid.data import load_dataset
from unbraid.data._rendered import RenderedDataset
from unbraid.evaluation._pictures import VALUES
from unbraid.evaluation._traversal_reading import likeness, reading
from unbraid.metrics import Representation

WORLD = load_dataset("xysquares", squares=1, size=32)  # x and y, 8 places each
INDEX = np.array([27, 9, 18, 36, 45, 20, 43, 10])


class Draws(torch.nn.Module):
    """A decoder that draws the world's own images at the levels that `levels_of` makes of z."""

    def __init__(self, levels_of) -> None:
        super().__init__()
        self.levels_of, self.widths = levels_of, (3,)

    def generate(self, z: torch.Tensor) -> tuple:
        levels = np.clip(np.round(self.levels_of(z.numpy())), 0, 7).astype(np.int64)
        images = WORLD.images(WORLD.space.index(levels))
        return (SimpleNamespace(mean=torch.from_numpy(images).float() / 255),)


def read(levels_of) -> np.ndarray:
    levels = WORLD.factors(INDEX).astype(np.float32)
    code = np.stack([levels[:, 0] / 2 - 2, levels[:, 1] / 2 - 2, np.zeros(8)], axis=1)
    rep = Representation.from_arrays(code, levels.astype(np.int64), logvar=np.full((8, 3), -3.0), space=WORLD.space)
    shares = likeness(Draws(levels_of), WORLD, rep, INDEX, 0, torch.device("cpu"))
    assert shares is not None
    kl = 0.5 * (code**2 + np.exp(-3) + 3 - 1).mean(axis=0)
    return shares[np.argsort(np.argsort(-kl, kind="stable"), kind="stable")]  # in the order of the latents


def test_a_latent_that_moves_one_factor_looks_like_it_and_one_that_moves_nothing_like_none() -> None:
    shares = read(lambda z: np.stack([2 * z[:, 0] + 4, 2 * z[:, 1] + 4], axis=1))
    assert shares[0, 0] == pytest.approx(1)
    assert shares[1, 1] == pytest.approx(1)
    assert shares[0, 1] < 0.7  # both changes darken the place where the square was: half of the change in common
    assert (shares[2] == 0).all()
    assert reading(shares).tolist() == pytest.approx([1, 1])


def test_a_latent_that_moves_both_factors_looks_like_neither() -> None:
    shares = read(lambda z: np.stack([2 * (z[:, 0] + z[:, 1]) + 4, 2 * (z[:, 0] + z[:, 1]) + 4], axis=1))
    assert shares.max() < 0.7
    turned = read(lambda z: np.stack([2 * (z[:, 0] + z[:, 1]) + 4, 2 * (z[:, 1] - z[:, 0]) + 4], axis=1))
    assert reading(turned).mean() < 0.7


def test_a_fainter_change_is_the_same_change() -> None:
    class Faint(Draws):
        def generate(self, z: torch.Tensor) -> tuple:
            return (SimpleNamespace(mean=super().generate(z)[0].mean * 0.5),)

    rep = Representation.from_arrays(
        np.zeros((8, 3)), WORLD.factors(INDEX), logvar=np.full((8, 3), -3.0), space=WORLD.space
    )
    levels_of = lambda z: np.stack([2 * z[:, 0] + 4, np.full(len(z), 4.0)], axis=1)  # noqa: E731
    whole, faint = (likeness(kind(levels_of), WORLD, rep, INDEX, 0, torch.device("cpu")) for kind in (Draws, Faint))
    assert np.allclose(whole, faint, atol=0.01)


def test_factors_that_change_no_image_are_left_out_and_worlds_without_such_images_have_no_reading() -> None:
    space = FactorSpace((*WORLD.space.factors, Factor("hidden", 2)))
    hidden = RenderedDataset(
        "hidden", space, WORLD.image_shape, lambda f: WORLD.images(WORLD.space.index(f[:, :2])), ""
    )
    rep = Representation.from_arrays(
        np.zeros((8, 3)), hidden.factors(INDEX), logvar=np.full((8, 3), -3.0), space=hidden.space
    )
    levels_of = lambda z: np.stack([2 * z[:, 0] + 4, np.full(len(z), 4.0)], axis=1)  # noqa: E731
    shares = likeness(Draws(levels_of), hidden, rep, INDEX, 0, torch.device("cpu"))
    assert shares is not None
    assert np.isnan(shares[:, 2]).all()
    assert np.isnan(reading(shares)).tolist() == [False, False, True]
    table = load_dataset(WORLD, split={"train": 40})
    assert likeness(Draws(levels_of), table, rep, INDEX, 0, torch.device("cpu")) is None


def test_a_factor_that_names_no_latent_has_none_and_of_several_latents_the_clearest_counts() -> None:
    assert reading(np.array([[0.9, 0.2], [0.6, 0.5]])).tolist() == [0.9, 0.0]
    assert reading(np.array([[0.2, 0.3], [0.1, 0.8], [0.4, np.nan]])).tolist() == [0.4, 0.8]


def test_traversals_are_those_of_the_pictures() -> None:
    assert VALUES[[0, -1]].tolist() == [-3.0, 2.5]
