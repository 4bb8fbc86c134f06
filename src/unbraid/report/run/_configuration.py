"""Whether a mapping is the configuration of a run as this library writes it; what its entries are is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unbraid.core import require


def require_configuration(settings: Mapping[str, Any], path: Path) -> None:
    """Raise `UsageError`, naming what is wrong, unless all is there that a report relies on."""
    wrong = [name for name in ("data", "model") if not _is_entry(settings.get(name))]
    wrong += [name for name in ("batch", "seed") if type(settings.get(name)) is not int]
    wrong += [] if _are_phases(settings.get("phases")) else ["phases"]
    rule = "the configuration of a run must hold data, model, phases, batch and seed as training writes them"
    require(not wrong, rule, f"something else as {', '.join(wrong)} in {path}", "restore it or train again")


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str)


def _are_phases(phases: Any) -> bool:
    """Whether this is at least one phase, each with steps and an objective."""
    listed = phases if isinstance(phases, list) else []
    plain = (isinstance(p, Mapping) and _is_entry(p.get("objective")) and type(p.get("steps")) is int for p in listed)
    return bool(listed) and all(plain)
