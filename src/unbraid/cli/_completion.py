"""What the shell may complete: names of entries, presets and studies. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import typer

from unbraid.core import KINDS, names, summary

LISTED = (*KINDS, "presets", "studies")

Completions = list[tuple[str, str]]  # word, what it is


def entries(kind: str) -> Callable[[str], Completions]:
    """Completes the name of an entry of a kind."""

    def complete(incomplete: str) -> Completions:
        return beginning(incomplete, {name: summary(kind, name) for name in names(kind)})

    return complete


def listed_entries(kind: str) -> Callable[[str], Completions]:
    """Completes the last of comma-separated names, each once."""

    def complete(incomplete: str) -> Completions:
        before, comma, last = incomplete.rpartition(",")
        left = {name: summary(kind, name) for name in names(kind) if name not in before.split(",")}
        return [(f"{before}{comma}{name}", line) for name, line in beginning(last, left)]

    return complete


def kinds(incomplete: str) -> Completions:
    """Completes what `unbraid list` lists."""
    return beginning(incomplete, dict.fromkeys(LISTED, ""))


def of_kind(context: typer.Context, incomplete: str) -> Completions:
    """Completes a name of the kind that is given already."""
    kind = context.params.get("kind")
    if kind == "presets":
        return presets(incomplete)
    if kind == "studies":
        return studies(incomplete)
    return entries(kind)(incomplete) if kind in KINDS else []


def presets(incomplete: str) -> Completions:
    """Completes the name of a preset."""
    from unbraid.training import presets as described

    return beginning(incomplete, described())


def studies(incomplete: str) -> Completions:
    """Completes the name of a shipped study; where none begins so, the shell may look for files."""
    from unbraid.studies import shipped_names

    return beginning(incomplete, dict.fromkeys(shipped_names(), ""))


def scales(incomplete: str) -> Completions:
    """Completes a scale."""
    from unbraid.studies import SCALES

    return beginning(incomplete, dict.fromkeys(SCALES, ""))


def views(incomplete: str) -> Completions:
    """Completes a view of a study's table."""
    from unbraid.studies import View

    return beginning(incomplete, dict.fromkeys(get_args(View), ""))


def beginning(incomplete: str, lines: Mapping[str, str]) -> Completions:
    """Those that begin so."""
    return [(name, line) for name, line in lines.items() if name.startswith(incomplete)]
