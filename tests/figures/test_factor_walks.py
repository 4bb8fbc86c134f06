"""Walks along factors."""

import numpy as np
import pytest

from tests.figures.samples import originals
from unbraid.core import UsageError
from unbraid.figures.factor_walks import factor_walks


def sample() -> tuple[tuple, dict]:
    walks = {"posX": originals(6), "shape": originals(3)}
    return (walks, {"posX": list("012345"), "shape": ["square", "ellipse", "heart"]}), {}


def test_each_factor_has_a_row_as_long_as_its_walk() -> None:
    (walks, values), _ = sample()
    figure = factor_walks(walks, values)
    assert [ax.get_yticklabels()[0].get_text() for ax in figure.axes] == ["posX", "shape"]
    assert figure.axes[0].get_position().width == pytest.approx(2 * figure.axes[1].get_position().width)
    assert [text.get_text() for text in figure.axes[1].texts] == ["square", "ellipse", "heart"]
    assert not factor_walks(walks).axes[0].texts


def test_a_factor_without_images_is_refused() -> None:
    with pytest.raises(UsageError, match="each factor needs images"):
        factor_walks({"a": np.zeros((0, 1, 4, 4), np.uint8)})
    with pytest.raises(UsageError, match="each factor needs images"):
        factor_walks({})
