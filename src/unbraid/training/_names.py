"""The names that settings use, checked before anything else: a typo is what is most likely wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unbraid.core import is_outside, load_entry, names

KIND_OF = {  # setting -> kind of what it names
    "data": "data",
    "model": "models",
    "objective": "objectives",
    "optimizer": "optimizers",
    "rate": "rates",
    "metrics": "metrics",
}
INSIDE = {"likelihood": "likelihoods", "link": "links"}  # option of a model of ours -> kind of what it names


def require_names(settings: Mapping[str, Any]) -> None:
    """Refuse names of entries that there are not, wherever settings have them; nothing is imported, nothing built.

    Raises:
        UsageError: no such entry, with the nearest.
    """
    for kind, name in _named(settings):
        if not is_outside(name) and name not in names(kind):
            load_entry(kind, name)  # which says so


def _named(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, name) of what settings name, phases included."""
    for key, value in settings.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        if key == "phases":
            for phase in several:
                yield from _named(phase) if isinstance(phase, Mapping) else ()
        elif key in KIND_OF:
            for given in several:
                yield from _name_of(KIND_OF[key], given)


def _name_of(kind: str, given: Any) -> Iterator[tuple[str, str]]:
    """The name of an entry, and of what the options of a model name."""
    name = given.get("name") if isinstance(given, Mapping) else given
    if isinstance(name, str):
        yield kind, name
        if kind == "models" and isinstance(given, Mapping) and not is_outside(name):
            for option, inner in INSIDE.items():
                yield from _name_of(inner, given.get(option))
