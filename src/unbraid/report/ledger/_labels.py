"""Short names on a paper's page: of combinations, by what sets them apart, and of scores with long options."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unbraid.studies import PlannedRun, dotted

__all__ = ["differing", "long_lists", "with_short_lists"]

LISTED = 2  # values of an option that a name of a score spells out

KINDS = ("objective", "model", "data")


def differing(runs: Sequence[PlannedRun]) -> dict[str, str]:
    """Run -> its combination in few words: the objective with the options that vary, and what is unusual else.

    Of data and model, the entry and the options that most runs share go without saying.
    """
    all_settings = [dotted(run.config) for run in runs]
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


def long_lists(metrics: Iterable[str]) -> dict[str, str]:
    """Lists of more than two values in the names of scores -> how a page prints them: the first value and "…".

    >>> long_lists(["mig", "dci_joint(group=[a, b, c])"])
    {'[a, b, c]': '[a, …]'}
    """
    lists = [text for metric in metrics for text in re.findall(r"\[[^\]]*\]", metric) if text.count(",") >= LISTED]
    short = {text: f"{text.partition(',')[0]}, …]" for text in lists}
    several = Counter(short.values())
    return {text: brief for text, brief in short.items() if several[brief] == 1}


def with_short_lists(text: str, lists: Mapping[str, str]) -> str:
    """A text with its long lists as `long_lists` prints them."""
    for whole, brief in lists.items():
        text = text.replace(whole, brief)
    return text
