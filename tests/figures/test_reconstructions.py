"""Originals over reconstructions."""

import numpy as np
import pytest

from tests.figures.samples import originals
from unbraid.core import UsageError
from unbraid.figures.reconstructions import reconstructions


def sample() -> tuple[tuple, dict]:
    return (originals(6), originals(6) // 2), {"columns": 4}


def test_blocks_hold_all_images_up_to_the_limit() -> None:
    figure = reconstructions(originals(7), originals(7), columns=3, limit=7)
    assert [ax.images[0].get_extent()[1] for ax in figure.axes] == [3, 3, 1]
    assert len(reconstructions(originals(7), originals(7), columns=3, limit=3).axes) == 1


def test_each_head_has_its_row() -> None:
    figure = reconstructions(originals(2, 3), {"layer 0": originals(2, 3), "layer 1": originals(2, 3)})
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["original", "layer 0", "layer 1"]


def test_one_image_is_enough() -> None:
    assert len(reconstructions(originals(1), originals(1)).axes) == 1


def test_other_shapes_are_refused() -> None:
    with pytest.raises(UsageError, match=r"'reconstruction' must be \[N, C, H, W\] like the originals"):
        reconstructions(originals(3), np.zeros((2, 1, 32, 32), np.uint8))
