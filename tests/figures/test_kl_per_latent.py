"""KL per latent."""

import numpy as np
import pytest

from tests.figures.samples import nats
from unbraid.core import UsageError
from unbraid.figures.kl_per_latent import kl_per_latent


def sample() -> tuple[tuple, dict]:
    return (nats(), ["posX", "posY", "scale", "", "", "", "", "", "", ""]), {}


def test_bars_stand_for_the_nats_sorted() -> None:
    figure = kl_per_latent(np.array([0.5, 2.0, 1.0]), ["a", "", "c"])
    ax = figure.axes[0]
    assert [bar.get_width() for bar in ax.patches] == [2.0, 1.0, 0.5]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["z1", "z2", "z0"]
    assert [text.get_text() for text in ax.texts] == ["2.00", "1.00  c", "0.50  a"]


def test_hundreds_of_latents_are_summed_up() -> None:
    figure = kl_per_latent(np.full(500, 0.01))
    assert len(figure.axes[0].patches) == 24
    assert "476 more with 4.76 together" in figure.axes[0].get_xlabel()


def test_one_dead_latent() -> None:
    assert len(kl_per_latent(np.zeros(1)).axes[0].patches) == 1


def test_bars_of_latents_that_say_nothing_are_short() -> None:
    assert kl_per_latent(np.full(3, 1e-4)).axes[0].get_xlim()[1] > 0.1


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="one number per latent"):
        kl_per_latent(np.zeros((2, 2)))
    with pytest.raises(UsageError, match="labels must name 2 latents"):
        kl_per_latent(np.zeros(2), ["a"])
