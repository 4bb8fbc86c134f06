"""Flatness and linearity."""

import numpy as np
import pytest

from tests.metrics.codes import noise, on_grid, rng
from unbraid.core import UsageError
from unbraid.metrics.flatness import flatness
from unbraid.metrics.linearity import linearity

SIZES = (4, 5, 6)


def test_factors_themselves_are_flat_and_linear() -> None:
    rep = on_grid(*SIZES)
    assert flatness(rep, rng()).value == pytest.approx(1)
    scored = linearity(rep, rng())
    assert scored.value == pytest.approx(1)
    assert scored.parts["axis_alignment"] == pytest.approx(1)


def test_a_rotation_stays_linear_and_loses_its_axes() -> None:
    turn = np.array([[1, 1, 0], [1, -1, 0], [0, 0, np.sqrt(2)]]) / np.sqrt(2)
    rep = on_grid(*SIZES, code=on_grid(*SIZES).code @ turn)
    scored = linearity(rep, rng())
    assert scored.value == pytest.approx(1)
    assert scored.arrays["axis_ratio"] == pytest.approx([0.25, 0.25, 1])  # (1/2 - 1/3) / (1 - 1/3)
    # along the diagonal, L2 width over L1 length is 1 / sqrt 2
    assert flatness(rep, rng()).value == pytest.approx((2 / np.sqrt(2) + 1) / 3)
    assert flatness(rep, rng()).parts["l1"] == pytest.approx(1)


def test_a_circle_is_measured_by_hand() -> None:
    angle = on_grid(2, 12).factors[:, 1] * 2 * np.pi / 12
    rep = on_grid(2, 12, code=np.stack([np.cos(angle), np.sin(angle)], axis=1))
    assert flatness(rep, rng()).parts["factor 0"] == 0  # moves nothing
    step = 2 * np.sin(np.pi / 12)
    assert flatness(rep, rng()).arrays["length_l2"][1] == pytest.approx(11 * step)
    assert flatness(rep, rng()).arrays["width_l2"][1] == pytest.approx(2)


def test_noise_is_crooked() -> None:
    rep = on_grid(*SIZES, code=noise(120, 4))
    assert flatness(rep, rng()).value < 0.4
    assert linearity(rep, rng()).parts["axis_ratio"] < 0.5


def test_drawn_lines_come_near_all_of_them() -> None:
    rep = on_grid(*SIZES, code=on_grid(*SIZES).code + 0.2 * noise(120, 3))
    assert flatness(rep, rng(), traversals=15).value == pytest.approx(flatness(rep, rng()).value, abs=0.05)


def test_what_is_no_grid_is_refused() -> None:
    rep = on_grid(*SIZES)
    for metric in (flatness, linearity):
        with pytest.raises(UsageError, match="every combination of factor levels exactly once; got 60 other rows"):
            metric(rep.rows(np.arange(60)), rng())
        with pytest.raises(UsageError, match="traversals must not be negative"):
            metric(rep, rng(), traversals=-1)
    still = on_grid(2, 3, code=np.repeat(on_grid(2, 3).code[:, :1], 2, axis=1))
    with pytest.raises(UsageError, match="'factor 1' moves none"):
        linearity(still, rng())
