"""Coloured and noisy dSprites."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.data import load_dataset
from unbraid.data._views.painted import noise


@pytest.fixture(name="index")
def rows() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 737_280, 64)


def test_a_sprite_has_one_bright_colour_on_black(index: np.ndarray) -> None:
    plain, coloured = (
        load_dataset("dsprites", cache="never").images(index),
        load_dataset("color_dsprites").images(index),
    )
    sprite = np.broadcast_to(plain > 0, coloured.shape)
    assert (coloured[~sprite] == 0).all()
    assert coloured[sprite].min() >= 128
    for image in coloured:
        inside = image[:, image[0] > 0]
        assert (inside == inside[:, :1]).all()
    assert len({tuple(image.max(axis=(1, 2))) for image in coloured}) > 50
    brightness = coloured.max(axis=(2, 3)).mean()
    assert brightness == pytest.approx(191.5, abs=10)


def test_the_background_is_uniform_noise_behind_a_white_sprite(index: np.ndarray) -> None:
    plain, noisy = load_dataset("dsprites", cache="never").images(index), load_dataset("noisy_dsprites").images(index)
    sprite = np.broadcast_to(plain > 0, noisy.shape)
    assert (noisy[sprite] == 255).all()
    counts = np.bincount(noisy[~sprite], minlength=256)
    expected = counts.sum() / 256
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 5 * np.sqrt(2 * 255)  # chi-squared
    flat = noisy.reshape(len(noisy), -1)[:, :200].astype(float)
    assert abs(np.corrcoef(flat[0], flat[1])[0, 1]) < 0.25


def test_seeds_differ_and_purposes_differ() -> None:
    rows = np.arange(100)
    a = noise(0, "noise", rows, 64)
    assert np.array_equal(a, noise(0, "noise", rows, 64))
    for other in (noise(1, "noise", rows, 64), noise(0, "colour", rows, 64)):
        assert 0 < (a == other).mean() < 0.02
    assert np.array_equal(noise(0, "noise", rows[[7]], 64)[0], a[7])


def test_both_keep_the_factors_of_dsprites(index: np.ndarray) -> None:
    plain = load_dataset("dsprites", cache="never")
    for name in ("color_dsprites", "noisy_dsprites"):
        assert load_dataset(name).space == plain.space
        assert np.array_equal(load_dataset(name).factors(index), plain.factors(index))
        with pytest.raises(UsageError, match="cache must be one of"):
            load_dataset(name, cache="no")
