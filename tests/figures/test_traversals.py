"""Traversals: sorted by KL, limited, annotated."""

import numpy as np
import pytest

from tests.figures.samples import FACTORS, nats, table, walk
from unbraid.core import UsageError
from unbraid.figures.traversals import traversals

VALUES = np.arange(-3.0, 2.51, 0.5)


def sample() -> tuple[tuple, dict]:
    notes = {"|Spearman|": table(), "polynomial R²": table(), "importance": table()}
    return (walk(4), VALUES, np.array([3, 0, 2, 1]), nats()), {"bars": notes, "factors": FACTORS}


def rows(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_largest_kl_first_with_the_latents_own_numbers() -> None:
    figure = traversals(walk(3), VALUES, np.array([7, 2, 4]), np.arange(8) / 10)
    assert rows(figure) == ["z7", "z4", "z2"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["0.70", "0.40", "0.20"]


def test_latents_below_a_tenth_of_a_nat_are_left_out() -> None:
    assert rows(traversals(walk(10), VALUES, kl=nats(), least_nats=0.1)) == ["z0", "z1", "z2", "z3", "z4"]
    assert rows(traversals(walk(10), VALUES, kl=nats(), limit=2)) == ["z0", "z1"]


def test_without_kl_rows_keep_their_order() -> None:
    assert rows(traversals(walk(1), VALUES)) == ["z0"]


def test_the_highest_bar_of_each_row_is_coloured() -> None:
    bars = np.array([[0.1, 0.9, 0.2], [0.7, 0.0, 0.1]])
    figure = traversals(walk(2), VALUES, bars={"R²": bars}, factors=("a", "b", "c"))
    patches = figure.axes[1].patches
    colours = [patch.get_facecolor() for patch in patches]
    assert colours[1] == colours[3]
    assert colours.count(colours[1]) == 2
    assert [round(abs(patch.get_height()) / 0.8, 6) for patch in patches] == [0.1, 0.9, 0.2, 0.7, 0.0, 0.1]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"images must be \[latents, 3, C, H, W\]"):
        traversals(walk(2), VALUES[:3])
    with pytest.raises(UsageError, match="latents must number 2 rows"):
        traversals(walk(2), VALUES, np.arange(3))
    with pytest.raises(UsageError, match="at least one latent must reach 5 nats"):
        traversals(walk(2), VALUES, kl=nats(), least_nats=5)
