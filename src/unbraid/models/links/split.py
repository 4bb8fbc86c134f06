"""One latent becomes several."""

from __future__ import annotations

from unbraid.core import require
from unbraid.models._links import Link, grouped

__all__ = ["split"]


def split(before: int, after: int, dropout: bool = False) -> Link:
    """Each latent becomes after / before new ones: 12 -> 144 in twelves (Tartu thesis, 4.2).

    Args:
        before: latents of the layer read.
        after: latents of the next layer, a multiple of `before`.
        dropout: whether to drop 0.3 of the hidden units.
    """
    require(
        after % before == 0, "link=split needs each layer to be a multiple of the one before", f"{before} -> {after}"
    )
    return grouped(before, 1, after // before, dropout)
