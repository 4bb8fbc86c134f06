"""Mean KL of each latent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from unbraid.core import require
from unbraid.figures._style import COLUMN, INK, PALETTE, QUIET, canvas, style_axes, styled

__all__ = ["kl_per_latent"]


LEAST_SPAN = 0.1  # nats: bars of latents that say nothing are short


@styled
def kl_per_latent(kl: np.ndarray, labels: Sequence[str] | None = None, *, limit: int = 24) -> Figure:
    """Mean KL of each latent in nats as bars, largest first, each labelled with the factor it stands for.

    Args:
        kl: mean KL per latent in nats [D].
        labels: what each latent stands for [D]; an empty text leaves it grey.
        limit: latents shown at most; the others are counted, with their sum.

    Example:
        >>> import numpy as np
        >>> figure = kl_per_latent(np.array([0.5, 2.0, 1.0]), ["posX", "", "scale"])
        >>> [text.get_text() for text in figure.axes[0].texts]  # z1, z2, z0
        ['2.00', '1.00  scale', '0.50  posX']
    """
    kl = np.asarray(kl, dtype=float)
    require(kl.ndim == 1 and len(kl), "kl_per_latent: kl must hold one number per latent", f"shape {kl.shape}")
    require(labels is None or len(labels) == len(kl), f"kl_per_latent: labels must name {len(kl)} latents", labels)
    order = np.argsort(-kl, kind="stable")[:limit]
    figure, axes = canvas(width=COLUMN, height=0.75 + 0.22 * len(order))
    ax = axes[0, 0]
    rows = np.arange(len(order))
    colours = [PALETTE[0] if labels is None or labels[d] else QUIET for d in order]
    ax.barh(rows, kl[order], height=0.62, color=colours)
    span = max(float(kl.max()), LEAST_SPAN)
    for row, d in zip(rows, order, strict=True):
        text = f"{kl[d]:.2f}" + (f"  {labels[d]}" if labels is not None and labels[d] else "")
        ax.text(kl[d] + 0.015 * span, row, text, va="center", fontsize=8, color=INK)
    ax.set_yticks(rows, [f"z{d}" for d in order])
    ax.set(xlim=(0, span * (1.45 if labels is not None else 1.15)), ylim=(len(order) - 0.4, -0.6))
    ax.set_xlabel("mean KL, nats" + _rest(kl, len(order)))
    style_axes(ax, grid="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    figure.numbers = [
        {"latent": f"z{d}", "kl": float(kl[d]), "stands_for": labels[d] if labels is not None else ""} for d in order
    ]
    return figure


def _rest(kl: np.ndarray, shown: int) -> str:
    """How many latents are not drawn, and their nats together."""
    rest = np.sort(kl)[::-1][shown:]
    return f"  ({len(rest)} more with {rest.sum():.2f} together)" if len(rest) else ""
