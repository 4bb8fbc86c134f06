"""Outlines of glyphs as fonts hold them: closed polygons in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PIECES = 8  # straight pieces of a curve
FINE = PIECES**2  # parts of a font unit, in which their ends are exact


@dataclass(frozen=True)
class Outline:
    """The outline of a glyph, in units of the font times FINE, y up.

    Args:
        polygons: int64 [points, 2] each, closed; what they wind round is filled.
        advance: width of the glyph with the space beside it.
        em: size of the font.
    """

    polygons: tuple[np.ndarray, ...]
    advance: int
    em: int

    @property
    def height(self) -> int:
        """The highest point above the line on which it stands."""
        return int(max(polygon[:, 1].max() for polygon in self.polygons))


def outlines(file: Path, characters: str) -> dict[str, Outline]:
    """The outlines of characters in the TrueType font `file`, which must have them."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.ttLib import TTFont

    shapes = {}
    with TTFont(file, lazy=True) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        for character in dict.fromkeys(characters):
            pen = DecomposingRecordingPen(glyphs)
            glyphs[names[ord(character)]].draw(pen)
            advance = int(glyphs[names[ord(character)]].width)
            shapes[character] = Outline(flattened(pen.value), FINE * advance, FINE * int(font["head"].unitsPerEm))
    return shapes


def flattened(strokes: Iterable[tuple[str, tuple[Any, ...]]]) -> tuple[np.ndarray, ...]:
    """Strokes of a pen as polygons; each quadratic curve becomes PIECES straight lines, whose ends are exact."""
    polygons: list[np.ndarray] = []
    points: list[np.ndarray] = []
    for stroke, given in strokes:
        placed = [FINE * np.array(point, np.int64) for point in given if point is not None]
        if stroke == "moveTo":
            points = placed
        elif stroke == "lineTo":
            points += placed
        elif stroke == "qCurveTo" and given[-1] is None:  # no point lies on the contour: it begins between two
            points = [(placed[-1] + placed[0]) // 2]
            points += _curves(points[0], [*placed, points[0]])
        elif stroke == "qCurveTo":
            points += _curves(points[-1], placed)
        else:
            assert stroke == "closePath", stroke  # TrueType has no other
            polygons.append(np.stack(points))
    return tuple(polygons)


def _curves(start: np.ndarray, placed: list[np.ndarray]) -> list[np.ndarray]:
    """Points of a chain of quadratic curves: one lies between two control points each, and the last point ends it."""
    *controls, end = placed
    points: list[np.ndarray] = []
    t = np.arange(1, PIECES + 1)[:, None]
    for control, following in zip(controls, [*controls[1:], None], strict=True):
        stop = end if following is None else (control + following) // 2
        bent = (PIECES - t) ** 2 * start + 2 * (PIECES - t) * t * control + t**2 * stop
        points += list(bent // FINE)
        start = stop
    return points
