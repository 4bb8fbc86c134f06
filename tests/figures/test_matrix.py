"""Latents × factors."""

import numpy as np
import pytest

from tests.figures.samples import FACTORS, table
from unbraid.core import UsageError
from unbraid.figures.matrix import matrix


def sample() -> tuple[tuple, dict]:
    return (table(), FACTORS), {"title": "mutual information, nats"}


def test_the_best_latent_of_each_factor_is_framed() -> None:
    ax = matrix(np.array([[0.1, 0.9], [0.8, 0.2], [np.nan, np.nan]]), ("a", "b")).axes[0]
    assert [(frame.get_x() + 0.47, frame.get_y() + 0.47) for frame in ax.patches] == [(0, 1), (1, 0)]
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.90", "0.80", "0.20", "—", "—"]


def test_many_latents_show_the_strongest_in_order() -> None:
    values = np.zeros((300, 2))
    values[[5, 250, 7], 0] = 1.0
    ax = matrix(values, ("a", "b"), limit=3).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["z5", "z7", "z250"]
    assert "297 more latents" in ax.get_xlabel()


def test_one_latent_and_one_factor() -> None:
    assert len(matrix(np.zeros((1, 1)), ("a",)).axes[0].patches) == 0


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"table must be \[D, 2\]"):
        matrix(np.zeros((2, 3)), ("a", "b"))
    with pytest.raises(UsageError, match="latents must name 2 rows"):
        matrix(np.zeros((2, 1)), ("a",), ("z0",))
