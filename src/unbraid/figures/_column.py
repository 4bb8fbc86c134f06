"""How wide a figure is drawn: as its content asks for, or for a column of a paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from unbraid.core import require, require_known
from unbraid.core.values import is_number

__all__ = ["COLUMNS", "Column", "column", "column_width", "panels_beside"]

Column = Literal["single", "text", "double", "slide"]
COLUMNS: dict[str, float] = {  # inches
    "single": 3.5,  # one of two columns: 89 mm, Nature, IEEE, ACM
    "text": 5.5,  # the text of a page with one: NeurIPS, ICLR; JMLR has 6
    "double": 7.2,  # both columns: 183 mm
    "slide": 5.9,  # a slide of 160 mm by 90 mm: put in larger, letters grow with it
}
NARROWEST, WIDEST = 2.0, 40.0  # inches
_width: ContextVar[float | None] = ContextVar("width of a column in inches", default=None)


@contextmanager
def column(width: Column | float | None) -> Iterator[None]:
    """Draw figures for a column: as wide as it is, letters as large as ever, as many panels side by side as fit.

    Args:
        width: single (3.5 inches), text (5.5), double (7.2), slide (5.9), or inches; as each figure asks for when None.

    Raises:
        UsageError: no such column, or a width that is none.

    Example:
        >>> from unbraid.figures import kl_per_latent
        >>> with column("single"):
        ...     figure = kl_per_latent([0.5, 2.0, 1.0])
        >>> float(figure.get_figwidth())
        3.5
    """
    before = _width.set(_inches(width))
    try:
        yield
    finally:
        _width.reset(before)


def _inches(width: Column | float | None) -> float | None:
    if width is None or isinstance(width, str):
        require_known(width, (None, *get_args(Column)), "the width of a column")
        return None if width is None else COLUMNS[width]
    do = f"take {', '.join(COLUMNS)}, or inches"
    wide_enough = is_number(width) and NARROWEST <= width <= WIDEST
    require(wide_enough, f"the width of a column must be {NARROWEST:g} to {WIDEST:g} inches", width, do)
    return float(width)


def column_width(natural: float) -> float:
    """Inches that a figure is wide: those of the column, or its `natural` ones."""
    width = _width.get()
    return natural if width is None else width


def panels_beside(most: int, least: float, margin: float = 0.0) -> int:
    """How many panels of `least` inches or more stand side by side beside a margin: `most`, or as a column has room."""
    width = _width.get()
    return most if width is None else max(1, min(most, int((width - margin) / least + 1e-9)))
