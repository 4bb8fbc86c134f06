"""Contact sheets."""

import numpy as np
import pytest

from tests.figures.samples import originals
from unbraid.core import UsageError
from unbraid.figures.contact_sheet import contact_sheet


def sample() -> tuple[tuple, dict]:
    return (originals(14),), {"columns": 6}


def test_rows_follow_the_columns_and_the_rest_is_blank() -> None:
    images = np.zeros((5, 3, 8, 8), np.uint8)
    figure = contact_sheet(images, columns=3)
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(3 / 2)
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    assert drawn[5, 5, :3].tolist() == [0, 0, 0]
    assert drawn[int(drawn.shape[0] * 0.7), int(drawn.shape[1] * 0.8), :3].tolist() == [255, 255, 255]


def test_what_it_cannot_show_is_refused() -> None:
    with pytest.raises(UsageError, match=r"images must be \[N, C, H, W\]"):
        contact_sheet(np.zeros((4, 4)))
    with pytest.raises(UsageError, match="columns must be at least 1"):
        contact_sheet(originals(2), columns=0)
