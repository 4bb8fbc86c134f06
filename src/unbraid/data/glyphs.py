"""Letters and digits as people read them, rendered here from open fonts."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np

from unbraid.core import Factor, FactorSpace, remembered, require_choice
from unbraid.data._dataset import DatasetInfo, GroundTruthDataset, rows_within
from unbraid.data._files.locations import whole_file
from unbraid.data._scenes.glyph_raster import UNIT, filled, turned
from unbraid.data._scenes.outlines import Outline, outlines

__all__ = ["glyphs"]

Characters = Literal["capitals", "small", "digits"]
Side = Literal[32, 64]
CHARACTERS = {"capitals": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "small": "abcdefghijklmnopqrstuvwxyz", "digits": "0123456789"}
FONTS = (  # typeface -> file of each weight
    ("DejaVu Sans", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("DejaVu Serif", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    ("DejaVu Sans Mono", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    ("STIX General", "STIXGeneral.ttf", "STIXGeneralBol.ttf"),
)
EMS = (15, 18, 21, 24, 27, 30)  # pixels of an em in an image of 64
DEGREES = (-45, -30, -15, 0, 15, 30, 45)
PLACES = 12
ROWS_AT_ONCE = 256
WINDOW = 42  # pixels about a glyph in an image of 64: none is larger, however turned
SOURCE = "rendered here from DejaVu and STIX, the fonts that matplotlib carries"


@remembered
def glyphs(*, characters: Characters = "capitals", size: Side = 64) -> GroundTruthDataset:
    """Glyphs: one letter or digit, white on black; what it is, its typeface, weight, size, rotation and position.

    One channel, 0 to 255, antialiased; factors character 26 (digits 10), typeface 4, weight 2, size 6, rotation 7,
    posX 12, posY 12, the last varying fastest: 1,257,984 images of letters. Character, typeface and weight are what a
    reader names; the others move it. Positions are whole pixels (two apart at 64 pixels, one at 32), so that a glyph
    is the same picture wherever it stands; it turns about the middle of its advance at half the height of an H (of an
    x for small letters), from -45 to 45 degrees, counter-clockwise. An em has 15 to 30 pixels of 64.

    Args:
        characters: capitals, small letters or digits.
        size: height and width in pixels; at 32 everything is half as large.

    Raises:
        UsageError: matplotlib, whose wheel carries the fonts, is not there or has others than those known here.

    Notes:
        Outlines are read by fontTools and filled in whole numbers, so every pixel is the same on every machine:
        coverage is exact along 16 lines a pixel. Each glyph is drawn once, when first asked for, and kept (15 MB).

    Source: DejaVu 2.37 (Bitstream Vera's licence) and STIX 1.0 (STIX Font License), as matplotlib carries them.

    Example:
        >>> data = glyphs(size=32)
        >>> dict(zip(data.space.names, data.space.sizes)), data.image_shape
        ({'character': 26, 'typeface': 4, 'weight': 2, 'size': 6, 'rotation': 7, 'posX': 12, 'posY': 12}, (1, 32, 32))
    """
    require_choice(characters, Characters, "glyphs.characters")
    require_choice(size, Side, "glyphs.size")
    return Glyphs(CHARACTERS[characters], "x" if characters == "small" else "H", size)


class Glyphs(GroundTruthDataset):
    """The complete grid, each glyph laid into black at whole pixels."""

    def __init__(self, characters: str, upright: str, size: int) -> None:
        self._files = [[whole_file("glyphs", file, None) for file in files] for _, *files in FONTS]
        self._characters, self._upright, self._size = characters, upright, size
        self._window, self._step = WINDOW * size // 64, size // 32
        self.info = DatasetInfo("glyphs", (1, size, size), _space(characters, size), True, SOURCE)
        self._drawn = np.zeros(len(characters) * len(FONTS) * 2, bool)
        self._glyphs = np.empty((len(self._drawn), len(EMS) * len(DEGREES), self._window**2), np.uint8)

    def __len__(self) -> int:
        return self.space.combinations

    def images(self, index: np.ndarray) -> np.ndarray:
        """Lay the glyphs of rows [N] into black -> uint8 [N, 1, S, S]."""
        factors, size = self.factors(index), self._size
        letter = (factors[:, 0] * len(FONTS) + factors[:, 1]) * 2 + factors[:, 2]
        for number in np.unique(letter)[~self._drawn[np.unique(letter)]]:
            self._glyphs[number] = self._draw(*np.unravel_index(number, (len(self._characters), len(FONTS), 2)))
            self._drawn[number] = True
        picture = factors[:, 3] * len(DEGREES) + factors[:, 4]
        corner = self._step * (factors[:, 6] * size + factors[:, 5]) + np.arange(len(factors)) * size * size
        row = np.arange(self._window)
        place = (row[:, None] * size + row).reshape(-1)
        images = np.zeros((len(factors), size * size), np.uint8)
        for start in range(0, len(factors), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            images.reshape(-1)[corner[rows, None] + place] = self._glyphs[letter[rows], picture[rows]]
        return images.reshape(-1, 1, size, size)

    def factors(self, index: np.ndarray) -> np.ndarray:
        """Levels of rows [N] -> int64 [N, 7]."""
        return self.space.levels(rows_within(index, len(self)))

    @cached_property
    def _outlines(self) -> list[list[dict[str, Outline]]]:
        """By typeface, weight and character, read when the first image is asked for."""
        return [[outlines(file, self._characters + self._upright) for file in files] for files in self._files]

    def _draw(self, character: int, typeface: int, weight: int) -> np.ndarray:
        """One character of one font in every size and rotation -> uint8 [sizes * rotations, window * window]."""
        font = self._outlines[typeface][weight]
        outline = font[self._characters[character]]
        centre = (outline.advance // 2, font[self._upright].height // 2)
        shapes = [
            [
                turned(polygon, centre, outline.em, em * UNIT * self._size // 64, degrees) + self._window * UNIT // 2
                for polygon in outline.polygons
            ]
            for em in EMS
            for degrees in DEGREES
        ]
        return filled(shapes, self._window).reshape(len(shapes), -1)


def _space(characters: str, size: int) -> FactorSpace:
    """The seven factors; sizes and places in pixels."""
    centres = tuple(WINDOW * size / 128 + place * (size // 32) for place in range(PLACES))
    return FactorSpace(
        (
            Factor("character", len(characters), "categorical", labels=tuple(characters)),
            Factor("typeface", len(FONTS), "categorical", labels=tuple(name for name, *_ in FONTS)),
            Factor("weight", 2, labels=("regular", "bold")),
            Factor("size", len(EMS), unit="pixels", values=tuple(em * size / 64 for em in EMS)),
            Factor("rotation", len(DEGREES), unit="degrees", values=tuple(map(float, DEGREES))),
            Factor("posX", PLACES, unit="pixels", values=centres),
            Factor("posY", PLACES, unit="pixels", values=centres),
        )
    )
