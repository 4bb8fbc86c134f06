"""Numbers, names and commands in the words of a report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from unbraid.core import Spec, load_entry, names, options_of, summary

__all__ = ["clock", "command", "number", "phrase", "title"]


def number(value: Any, digits: int = 3) -> str:
    """A number as people write it; "—" when it is missing.

    >>> number(0.12345), number(7012.3), number(None), number(3)
    ('0.123', '7,012', '—', '3')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "—"
    value = float(value)
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif value == int(value) and abs(value) < 1000:
        text = str(int(value))
    else:
        text = f"{value:.{digits}f}" if abs(value) < 10 else f"{value:.{max(digits - 2, 1)}f}"
    return text.replace("-", "−")


def clock(seconds: float) -> str:
    """A duration in at most two units.

    >>> clock(42), clock(150), clock(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def title(kind: str, name: str) -> str:
    """What an entry calls itself at the head of its docstring, its file name when that is a sentence."""
    if name in names(kind):
        head = summary(kind, name).partition(":")[0].rstrip(".").removeprefix("The ")
        if len(head) <= 28:
            return head
    return name.upper() if len(name) <= 4 else name.replace("_", " ")


def phrase(kind: str, name: str) -> str:
    """The entry's own line, after its name; empty when there is no such entry."""
    if name not in names(kind):
        return ""
    line = summary(kind, name)
    head, _, rest = line.partition(": ")
    rest = rest if rest and len(head) <= 40 else line
    return rest[:1].upper() + rest[1:]


def command(config: Mapping[str, Any]) -> str:
    """The command line that trains this run again; options at their defaults are left out."""
    phases = config["phases"]
    if len(phases) > 1 or phases[0].get("trains"):
        return "unbraid train --config config.yaml   # the configuration below"
    objective = phases[0]["objective"]
    parts = [
        f"unbraid train --data {config['data']['name']} --model {config['model']['name']}",
        f"--objective {objective['name']} --steps {phases[0]['steps']} --seed {config['seed']}",
    ]
    parts += _set("data", "data", config["data"])
    parts += _set("model", "models", config["model"])
    parts += _set("objective", "objectives", objective)
    for key in ("batch", "optimizer", "rate", "start"):
        if key in config:
            parts += _plain(key, config[key])
    return " \\\n    ".join(parts)


def _set(word: str, kind: str, spec: Mapping[str, Any]) -> list[str]:
    """`--set` for each option that differs from the entry's default."""
    given = Spec.of(dict(spec))
    try:
        defaults = {key: parameter.default for key, parameter in options_of(load_entry(kind, given.name)).items()}
    except ValueError:  # an entry of somebody else's that is not here
        defaults = {}
    changed = {key: value for key, value in given.options.items() if key not in defaults or defaults[key] != value}
    return [part for key, value in changed.items() for part in _plain(f"{word}.{key}", value)]


def _plain(key: str, value: Any) -> list[str]:
    """`--set key=value`, one for each number, text or list inside mappings; missing values are left out."""
    if isinstance(value, Mapping):
        return [part for inner, each in value.items() for part in _plain(f"{key}.{inner}", each)]
    if value is None:
        return []
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return [f"--set {key}='{text}'" if any(c in text for c in " ,[]{}()*'") else f"--set {key}={text}"]
