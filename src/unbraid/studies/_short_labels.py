"""Combinations of a study in few words, by what sets them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from unbraid.studies._plan import PlannedRun, dotted

KINDS = ("objective", "model", "data")


def differing(runs: Sequence[PlannedRun]) -> dict[str, str]:
    """Run -> its combination in few words: the objective with the options that vary, and what is unusual else.

    Of data and model, the entry and the options that most runs share go without saying.
    """
    all_settings = [dotted(run.config) for run in runs]
    if not all_settings:
        return {}
    usual = {kind: _usual(all_settings, kind) for kind in KINDS}
    labels = {}
    for run, settings in zip(runs, all_settings, strict=True):
        parts = [_label(kind, settings, all_settings, named=settings[kind] != usual[kind]) for kind in KINDS]
        labels[run.name] = ", ".join(part for part in parts if part)
    return labels


def _label(kind: str, settings: Mapping[str, Any], all_settings: Sequence[Mapping[str, Any]], named: bool) -> str:
    """What sets the entry of one kind apart: its name, and of its options those that vary."""
    alike = [others for others in all_settings if others.get(kind) == settings.get(kind)]
    varying = [
        key for key in settings if key.startswith(f"{kind}.") and len({str(others.get(key)) for others in alike}) > 1
    ]
    objective = kind == "objective"
    said = [str(settings[kind])] if named or objective else []
    said += [_option(key, settings[key]) for key in varying if objective or settings[key] != _usual(alike, key)]
    return " ".join(said)


def _usual(all_settings: Sequence[Mapping[str, Any]], key: str) -> Any:
    """The value that most of them have; the first of several."""
    return Counter(settings.get(key) for settings in all_settings).most_common(1)[0][0]


def _option(key: str, value: Any) -> str:
    """An option in words; a text speaks for itself."""
    return value if isinstance(value, str) else f"{key.rpartition('.')[2]} {value}"
