"""Docstrings in the words of the parser that makes the API reference: sections that only docstrings here have."""

from __future__ import annotations

import re
from typing import Any

import griffe

SECTION = re.compile(r"^(Returns|Defaults|Differs|Notes|Source): *(.*(?:\n(?:    .*|$))*)", re.MULTILINE)
SESSION = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)  # a doctest at the margin, outside of a section
TWO_SHAPES = re.compile(r"(?<=\]) \[")  # "in [0, 1] [N, D]", which Markdown takes for a link


class OwnSections(griffe.Extension):
    """Makes `Notes:` and its like paragraphs with a title in bold, and `Example:` a section of examples."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of a function, class, attribute or module."""
        if obj.docstring:
            obj.docstring.value = rewritten(obj.docstring.value)


def rewritten(doc: str) -> str:
    """The docstring with its own sections as paragraphs and with its doctests as code.

    >>> rewritten("Mean.\\n\\nNotes:\\n    Of the rows.\\n\\nExample:\\n    >>> 1")
    'Mean.\\n\\n**Notes.** Of the rows.\\n\\nExamples:\\n    >>> 1'
    """
    doc = re.sub(r"^Example:", "Examples:", SECTION.sub(_paragraphs, doc), flags=re.MULTILINE)
    return TWO_SHAPES.sub(r" \\[", SESSION.sub(_fenced, doc))


def _paragraphs(section: re.Match[str]) -> str:
    text = re.sub(r"^    ", "", section[2], flags=re.MULTILINE).strip("\n")
    ended = "\n" * (len(section[0]) - len(section[0].rstrip("\n")))
    return f"**{section[1]}.** {text}{ended}"


def _fenced(session: re.Match[str]) -> str:
    return f"```pycon\n{session[0]}\n```"
