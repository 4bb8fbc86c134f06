"""Reconstructions by layer and β."""

import pytest

from tests.figures.samples import originals
from unbraid.core import UsageError
from unbraid.figures.layer_reconstructions import layer_reconstructions


def sample() -> tuple[tuple, dict]:
    return (originals(4, 3), {"β = 0.5": [originals(4, 3)] * 5, "β = 5": [originals(4, 3)] * 5}), {"images": 2}


def test_one_block_per_beta_one_row_per_layer() -> None:
    axes = layer_reconstructions(*sample()[0]).axes
    assert [ax.get_title(loc="left") for ax in axes] == ["β = 0.5", "β = 5"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["original", "L1", "L2", "L3", "L4", "L5"]
    assert axes[0].images[0].get_extent() == [0, 3, 6, 0]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="layer 1 of 'a' must be like the originals"):
        layer_reconstructions(originals(3), {"a": [originals(2)]})
    with pytest.raises(UsageError, match="each β needs a layer"):
        layer_reconstructions(originals(3), {"a": []})
