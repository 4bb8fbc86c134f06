"""Numbers and tables as notebooks show them."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


def number(value: float | None) -> str:
    """Three decimals, a dash where there is nothing."""
    return "—" if value is None else f"{value:.3f}"


def html_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table for notebooks."""
    head = "".join(f"<th style='text-align:left'>{html.escape(text)}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
