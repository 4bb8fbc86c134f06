"""Figures that a notebook shows by themselves: pyplot, which would do that, is never loaded here."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]

SCREEN = 96  # pixels of an inch on the screen; drawn with half as many again


class ShownFigure(Figure):
    """A matplotlib figure that is its own picture where it is the last thing in a cell.

    Attributes:
        numbers: what is drawn, a row for each bar, cell, place or image: what is written beside it as CSV.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers: list[dict[str, Any]] = []

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture, and its size on the screen."""
        from unbraid.figures._output import png  # which stands on the style, as this is part of it

        width, height = self.get_size_inches()
        return png(self, dpi=SCREEN * 3 // 2), {"width": round(SCREEN * width), "height": round(SCREEN * height)}
