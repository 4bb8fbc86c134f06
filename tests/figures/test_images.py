"""Images in figures: bytes, or what a model gives."""

import numpy as np
import pytest

from unbraid.core import UsageError
from unbraid.figures import contact_sheet, reconstructions, traversals

BYTES = np.array([0, 51, 204, 255], np.uint8).reshape(4, 1, 1, 1) * np.ones((4, 1, 8, 8), np.uint8)


def drawn(figure) -> np.ndarray:  # type: ignore[no-untyped-def]
    return np.asarray(figure.axes[0].images[0].get_array())


def test_floats_between_0_and_1_are_drawn_as_the_bytes_they_stand_for() -> None:
    floats = BYTES.astype(np.float32) / 255
    assert np.array_equal(drawn(contact_sheet(floats)), drawn(contact_sheet(BYTES)))
    assert np.array_equal(drawn(reconstructions(BYTES, floats)), drawn(reconstructions(BYTES, BYTES)))
    values = np.arange(4)
    assert np.array_equal(drawn(traversals(floats[None], values)), drawn(traversals(BYTES[None], values)))


@pytest.mark.parametrize(
    ("images", "came"), [(BYTES.astype(int), "int64 from 0 to 255"), (BYTES * 1.0, r"float64 from 0.0 to 255.0")]
)
def test_other_numbers_are_refused(images: np.ndarray, came: str) -> None:
    with pytest.raises(UsageError, match=rf"images must be uint8, or floats in \[0, 1\]; got {came}"):
        contact_sheet(images)
