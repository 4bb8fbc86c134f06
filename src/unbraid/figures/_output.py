"""Figures as files: PNG on paper, or SVG whose ink follows the page."""

from __future__ import annotations

import io
import re

import matplotlib
from matplotlib.figure import Figure

from unbraid.figures._style import INK, PAPER, RC

__all__ = ["png", "svg"]


def png(figure: Figure, *, dpi: int = 144, paper: str = PAPER) -> bytes:
    """The figure as PNG on opaque paper; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(RC):
        figure.savefig(buffer, format="png", dpi=dpi, facecolor=paper, metadata={"Software": None})
    return buffer.getvalue()


def svg(figure: Figure, *, name: str = "figure", alt: str = "") -> str:
    """The figure as an `<svg>` element for a page: scales to its box, ink is `currentColor`, ids start with `name`.

    The same figure gives the same text.
    """
    name = re.sub(r"[^\w-]+", "-", name)  # it becomes part of ids; columns of a log are named by whoever wrote it
    buffer = io.StringIO()
    with matplotlib.rc_context({**RC, "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*|<defs>\s*<style.*?</style>\s*</defs>\s*", "", text, flags=re.S)
    text = text.replace(INK, "currentColor").replace("'DejaVu Sans'", "inherit")
    return _own_ids(_described(text, alt, figure.get_size_inches()[0]), name)


def _described(text: str, alt: str, inches: float) -> str:
    """Without fixed size (a page finds it in `--natural`), with a role and a label for readers who do not see it."""
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    label = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return text.replace(
        "<svg",
        f'<svg role="img" aria-label="{label}" style="stroke-linejoin: round; --natural: {96 * inches:.0f}px"',
        1,
    )


def _own_ids(text: str, name: str) -> str:
    """Keep only ids that are referred to, each prefixed, so that many figures share a page."""
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", text)
    return re.sub(r'(href="#|url\(#)', lambda m: f"{m[1]}{name}-", text)
