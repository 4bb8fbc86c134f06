"""Descriptions: what an entry's signature and docstring say, in parts that a terminal and a page can both show."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unbraid.core.entries import KINDS, load_entry
from unbraid.core.options import choices_of, context_of, options_of

SECTIONS = ("Args", "Returns", "Raises", "Defaults", "Differs", "Notes", "Source", "Example")  # of docstrings
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):\s*(.*)$")
_ITEM = re.compile(r"^(- |\w+: )")  # a line that begins something new inside a paragraph
_ARGUMENT = re.compile(r"^(\w+): (.*)$")


@dataclass(frozen=True)
class Argument:
    """A parameter of an entry: its name, what is said of it, its default and, where those are listed, its choices."""

    name: str
    about: str
    default: Any = inspect.Parameter.empty
    choices: tuple[str | int, ...] = ()

    @property
    def limits(self) -> str:
        """The default and the choices in a few words.

        >>> Argument("reduction", "how errors are added", "sum", ("sum", "mean")).limits
        "default 'sum'; one of 'sum', 'mean'"
        """
        default = "no default" if self.default is inspect.Parameter.empty else f"default {self.default!r}"
        return f"{default}; one of {', '.join(map(repr, self.choices))}" if self.choices else default


@dataclass(frozen=True)
class Description:
    """An entry in words: the first line of its docstring, the text below it, its parameters and its other sections.

    `options` may be set by a person; `context` is what the caller provides by name. `sections` holds the text of each
    section of the docstring besides the arguments, in its order: Returns, Raises, Defaults, Differs, Notes, Source,
    Example. `place` is where Python imports it from: `unbraid.objectives.BetaVAE`.
    """

    kind: str
    name: str
    place: str
    summary: str
    text: str
    options: tuple[Argument, ...]
    context: tuple[Argument, ...]
    sections: Mapping[str, str]

    @property
    def import_line(self) -> str:
        """How Python gets it.

        >>> describe("metrics", "mig").import_line
        'from unbraid.metrics import mig'
        """
        package, _, thing = self.place.rpartition(".")
        return f"from {package} import {thing}"


def describe(kind: str, name: str) -> Description:
    """What an entry's signature and docstring say.

    Args:
        kind: one of `KINDS`.
        name: of the entry, or `package.module:Thing`.

    Raises:
        UsageError: no such entry (with the nearest name), or an outside one that cannot be imported.

    Example:
        >>> described = describe("metrics", "mig")
        >>> described.options[0].name, described.options[0].limits, described.context[0].name
        ('bins', 'default 20', 'rep')
    """
    entry = load_entry(kind, name)
    package = entry.__module__ if ":" in name else f"unbraid.{KINDS[kind].replace('/', '.')}"
    return description_of(entry, kind, name, f"{package}.{entry.__name__}")


def description_of(entry: Callable[..., Any], kind: str, name: str, place: str) -> Description:
    """What the signature and the docstring of a function or class say; see `describe`."""
    head, sections = _parts(inspect.getdoc(entry) or "")
    about = _arguments(sections.pop("Args", ""))
    summary, _, text = head.partition("\n")
    return Description(
        kind=kind,
        name=name,
        place=place,
        summary=summary,
        text=text.strip("\n"),
        options=_options(entry, about),
        context=_context(entry, about),
        sections=sections,
    )


def _options(entry: Callable[..., Any], about: Mapping[str, str]) -> tuple[Argument, ...]:
    return tuple(
        Argument(option, about.get(option, ""), p.default, choices_of(p.annotation))
        for option, p in options_of(entry).items()
    )


def _context(entry: Callable[..., Any], about: Mapping[str, str]) -> tuple[Argument, ...]:
    parameters = inspect.signature(entry).parameters
    return tuple(Argument(name, about.get(name, ""), parameters[name].default) for name in context_of(entry))


def _parts(doc: str) -> tuple[str, dict[str, str]]:
    """The docstring above its sections, and each section without its indent."""
    head: list[str] = []
    sections: dict[str, list[str]] = {}
    lines = head
    for line in doc.splitlines():
        if heading := _HEADING.match(line):
            lines = sections[heading[1]] = [heading[2]] if heading[2] else []
        else:
            lines.append(line if lines is head else line.removeprefix("    "))
    kept = {title: lines if title in ("Args", "Example") else joined(lines) for title, lines in sections.items()}
    return "\n".join(joined(head)).strip(), {title: "\n".join(lines).strip("\n") for title, lines in kept.items()}


def joined(lines: Iterable[str]) -> list[str]:
    """Each paragraph and item on one line; indented blocks, such as equations, stay as they are.

    >>> joined(["One", "sentence.", "", "    L = rec + KL", "    R = 0"])
    ['One sentence.', '', '    L = rec + KL', '    R = 0']
    >>> joined(["UsageError: a long", "    sentence.", "OSError: no file."])
    ['UsageError: a long sentence.', 'OSError: no file.']
    """
    out = [""]
    for line in lines:
        if not line or not out[-1] or out[-1].startswith(" ") or _ITEM.match(line):
            out.append(line)
        else:
            out[-1] += f" {line.strip()}"
    return out[1:]


def _arguments(text: str) -> dict[str, str]:
    """Parameter -> what is said of it, on one line."""
    about: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        if begun := _ARGUMENT.match(line):
            current = begun[1]
            about[current] = begun[2]
        elif current:
            about[current] = f"{about[current]} {line.strip()}".rstrip()
    return about
