"""Text for a terminal: what would move its cursor, change its colours or turn its direction is shown, not done."""

from __future__ import annotations

import unicodedata

KEPT = "\n\t"
SHOWN = ("Cc", "Cf", "Cs", "Co")  # categories: control, format (directions, invisible signs), surrogates, private use
JOINERS = "\u200c\u200d"  # of words and of emoji


def printable(text: str) -> str:
    r"""The text with control characters written as Python writes them.

    >>> print(printable("a\x1b[31mred"))
    a\x1b[31mred
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if _is_plain(sign) else ascii(sign)[1:-1] for sign in text)


def _is_plain(sign: str) -> bool:
    return sign in KEPT or sign in JOINERS or unicodedata.category(sign) not in SHOWN
