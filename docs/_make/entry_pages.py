"""The page of a kind of entry: its hand-written introduction, docs/entries/KIND.md, and a section per entry.

The sections are made from signatures and docstrings when the site is built, so that none can be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import metric_tables

from unbraid.core import Argument, describe, names

TWO_SHAPES = re.compile(r"(?<=\]) \[")
TITLES = {"Defaults": "Defaults in the papers", "Differs": "How this differs from published code"}


def with_entries(kind: str, intro: str) -> str:
    """The whole page of a kind of entry: its introduction, then every entry."""
    return "\n\n".join([intro.strip(), *(section(kind, name) for name in names(kind))]) + "\n"


def section(kind: str, name: str) -> str:
    """One entry as Markdown."""
    entry = describe(kind, name)
    parts = [f"## `{name}`", entry.summary, entry.text, f"```python\n{entry.import_line}\n```"]
    parts.append(listed("Options", [f"- `{a.name}` ({limits(a)}): {a.about}" for a in entry.options]))
    parts.append(listed("Given by the caller", [f"- `{a.name}`: {a.about}" for a in entry.context]))
    if kind == "metrics":
        parts.append(metric_tables.declared(name))
    parts += [titled(title, text) for title, text in entry.sections.items()]
    return unlinked("\n\n".join(part for part in parts if part))


def listed(title: str, items: Sequence[str]) -> str:
    """A list under a title in bold; nothing where there is nothing to list."""
    return "\n".join([f"**{title}.**", "", *items]) if items else ""


def limits(argument: Argument) -> str:
    """The default and the choices of an argument, values as code."""
    return re.sub(r"'[^']*'|(?<=default )(?!no\b)[^;]+", lambda value: f"`{value[0]}`", argument.limits)


def titled(title: str, text: str) -> str:
    """A section of the docstring: its title as bold words, an example as code, several items as a list."""
    if title == "Example":
        return f"**Example.**\n\n```pycon\n{text}\n```"
    lines = text.splitlines()
    if len(lines) > 1 and all(re.match(r"\S[^:]*: ", line) for line in lines):
        text = "\n" + "\n".join(f"- {line}" for line in lines)
    return f"**{TITLES.get(title, title)}.**" + ("\n" if text.startswith("\n") else " ") + text


def unlinked(markdown: str) -> str:
    """Shapes side by side, as in "in [0, 1] [N, D]", kept from being taken for links; code is left as it is."""
    out, fenced = [], False
    for line in markdown.splitlines():
        fenced ^= line.startswith("```")
        out.append(line if fenced or line.startswith("    ") else TWO_SHAPES.sub(r" \\[", line))
    return "\n".join(out)
