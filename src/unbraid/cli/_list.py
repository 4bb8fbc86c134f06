"""What there is: every kind with a line on each entry, and one entry with all its options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from unbraid.cli._app import LISTED
from unbraid.cli._console import console, say
from unbraid.cli._text_table import TextTable
from unbraid.core import describe, description_of, names, require_known, summary

if TYPE_CHECKING:
    from unbraid.core import Argument


def list_kinds(kinds: Sequence[str]) -> None:
    """A table of names and first lines for each kind."""
    for kind in kinds:
        table = Table(title=kind, title_justify="left", box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column()
        for name, line in _lines(kind).items():
            table.add_row(name, Text(line))
        console.print(table, "")


def list_entry(kind: str, name: str) -> None:
    """One entry: its options with defaults and choices, what the caller provides, and what else its docstring says."""
    if kind in ("presets", "studies"):
        _list_settings(kind, name)
        return
    entry = describe(kind, name)
    say(f"{name}: {entry.summary}")
    if entry.text:
        console.print("", Text(entry.text), sep="\n")
    say("\nOptions" if entry.options else "\nNo options.")
    _print_arguments(entry.options, "default")
    if entry.context:
        say("\nGiven by the caller")
        _print_arguments(entry.context)
    if kind == "figures":
        _list_drawing(name)
    say(f"\n{entry.import_line}")
    for title, text in entry.sections.items():
        say(f"\n{title}")
        console.print(Padding(Text(text), (0, 0, 0, 2)))


def _list_drawing(name: str) -> None:
    """How a figure is drawn from files, and the options that this takes."""
    from unbraid.report.paper import drawing, takes

    said = description_of(drawing(name), "figures", name, f"unbraid.report.paper.{name}")
    say(f"\nFrom files: unbraid figure {name} {takes(name)} -o {name}.pdf --set KEY=VALUE")
    _print_arguments(said.options, "default")


def _print_arguments(arguments: Sequence[Argument], *columns: str) -> None:
    """A row per argument, its default and choices in a column of their own where that is asked for."""
    if arguments:
        rows = [[a.name, *(a.limits.removeprefix("default ") for _ in columns), a.about] for a in arguments]
        table = TextTable(["", *columns, ""], rows)
        table.show_header = False
        console.print(Padding(table, (0, 0, 0, 2)))


def _lines(kind: str) -> dict[str, str]:
    """Name -> first line."""
    if kind == "presets":
        from unbraid.training import presets

        return presets()
    if kind == "studies":
        from unbraid.studies import shipped

        return shipped()
    return {name: summary(kind, name) for name in names(kind)}


def _list_settings(kind: str, name: str) -> None:
    """A preset as YAML; of a study, the commands that show it."""
    lines = _lines(kind)
    require_known(name, lines, {"presets": "preset", "studies": "study"}[kind])
    say(f"{name}: {lines[name]}\n")
    if kind == "studies":
        say(f"unbraid study plan {name}      # its runs and claims\nunbraid study run {name} --scale smoke")
        return
    import yaml

    from unbraid.training import preset

    say(yaml.safe_dump(preset(name), sort_keys=False, allow_unicode=True).rstrip())


def show(kind: str | None, name: str | None) -> None:
    """All kinds, one kind, or one entry of a kind."""
    if kind is None:
        list_kinds(LISTED)
        return
    require_known(kind, LISTED, "kind")
    if name is None:
        list_kinds([kind])
    else:
        list_entry(kind, name)
