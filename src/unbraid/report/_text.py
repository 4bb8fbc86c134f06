"""Numbers, names and commands as a report prints them."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from unbraid.core import UsageError, names, summary
from unbraid.training import RunConfig

if TYPE_CHECKING:
    from unbraid.studies import Effect

CAPITALS = ("aam", "dci", "irs", "kl", "mig", "mmig", "r2", "sap", "udr")  # abbreviations

__all__ = ["chance", "duration", "entry_description", "entry_title", "interval_of", "number", "training_command"]


def number(value: Any, digits: int = 3) -> str:
    """A number as text, rounded to `digits` decimals or fewer; "—" when it is missing.

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


def interval_of(effect: Effect) -> str:
    """The interval of an effect as text; in words where all runs are equal."""
    if math.isnan(effect.low):
        return f"({effect.remark or 'no interval'})"
    return f"[{number(effect.low)}, {number(effect.high)}]"


def duration(seconds: float) -> str:
    """A duration in at most two units.

    >>> duration(42), duration(150), duration(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def entry_title(kind: str, name: str) -> str:
    """The start of an entry's docstring, its file name where that is a whole sentence."""
    if name in names(kind):
        head = summary(kind, name).partition(":")[0].rstrip(".").removeprefix("The ")
        if len(head) <= 28:
            return head
    return " ".join(part.upper() if part in CAPITALS or len(name) <= 4 else part for part in name.split("_"))


def entry_description(kind: str, name: str) -> str:
    """The first line of an entry's docstring, after its title; empty when there is no such entry."""
    if name not in names(kind):
        return ""
    line = summary(kind, name)
    head, _, rest = line.partition(": ")
    rest = rest if rest and len(head) <= 40 else line
    return rest[:1].upper() + rest[1:]


def training_command(config: Mapping[str, Any]) -> str:
    """The command line that trains this run again; options at their defaults are left out."""
    phases = config["phases"]
    if len(phases) > 1 or phases[0].get("trains"):
        return "unbraid train --config config.yaml   # the configuration below"
    settings = {key: value for key, value in config.items() if key not in ("phases", "metrics")}
    settings |= {"objective": phases[0]["objective"], "steps": phases[0]["steps"]}
    lines = [
        f"unbraid train --data {settings['data']['name']} --model {settings['model']['name']}",
        f"--objective {settings['objective']['name']} --steps {settings['steps']} --seed {settings['seed']}",
    ]
    default = _defaults(settings)
    for key, value in settings.items():
        lines += [f"--set {shlex.quote(setting)}" for setting in _changes(key, value, default.get(key))]
    return " \\\n    ".join(lines)


def _changes(key: str, value: Any, default: Any) -> list[str]:
    """`key=value` or `key.option=value` wherever `value` differs from the default."""
    if key in ("steps", "seed") or value == default:
        return []
    if not isinstance(value, Mapping):
        return [f"{key}={_yaml(value)}"]
    usual = default if isinstance(default, Mapping) and default["name"] == value["name"] else {}
    changed = {option: given for option, given in value.items() if option not in usual or usual[option] != given}
    changed.pop("name", None)
    if key in ("optimizer", "rate"):  # these have no flag of their own, so the name belongs to the setting
        return [f"{key}={_yaml({'name': value['name'], **changed})}"]
    return [f"{key}.{option}={_yaml(given)}" for option, given in changed.items()]


def _defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a run with the same entries and no options; empty where entries need some."""
    bare = {key: value["name"] if isinstance(value, Mapping) else value for key, value in settings.items()}
    bare = {key: bare[key] for key in ("data", "model", "objective", "steps")}
    try:
        complete = RunConfig.from_dict(bare).to_dict()
    except UsageError:
        return {}
    return {**complete, "objective": complete["phases"][0]["objective"]}


def _yaml(value: Any) -> str:
    """A value on one line of YAML."""
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("\n").removesuffix("\n...")


def chance(row: pd.Series) -> str:
    """Floor and score above chance of a row of scores, or of means over runs; empty where there is no floor."""
    if pd.isna(row.get("floor")):
        return ""
    above = "" if pd.isna(row.get("above")) else f" · above chance {number(row['above'])}"
    p = "" if pd.isna(row.get("p")) else f" · p {number(row['p'])}"
    return f"floor {number(row['floor'])}{above}{p}"
