"""From words on the command line to a run's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from unbraid.core import UsageError, require, with_value
from unbraid.core.yaml_text import read_yaml


def settings_of(
    name: str | None, file: Path | None, options: Mapping[str, Any], assignments: list[str]
) -> dict[str, Any]:
    """Settings from a preset or file, then single options, then --set."""
    from unbraid.training import preset, read_settings

    require(name is None or file is None, "give either --preset or --config, not both")
    settings = preset(name) if name else read_settings(file) if file else {}
    for key, value in options.items():
        if value is None:
            continue
        single = key in ("objective", "steps") and len(settings.get("phases") or []) == 1
        if single:  # a run's own config.yaml writes its one phase as a list
            settings["phases"] = [{**settings["phases"][0], key: value}]
        else:
            settings[key] = value
    return assign(settings, assignments)


def assign(settings: dict[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Apply `key.key=value` assignments; values are YAML, so numbers, lists and {mappings} work.

    An option of an entry that no setting names is one of the default's: `optimizer.lr` is Adam's.

    >>> assign({"objective": "beta_vae"}, ["objective.beta=4", "optimizer.lr=1e-4"])
    {'objective': {'name': 'beta_vae', 'beta': 4}, 'optimizer': {'lr': 0.0001}}

    Raises:
        UsageError: not KEY=VALUE, a value that is no YAML, a path that leads nowhere.
    """
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(f"--set takes KEY=VALUE such as objective.beta=4; got {assignment!r}.")
        value = read_yaml(text, f"--set {path}: the value", "write a number, text, [list] or {mapping: …}", typed=True)
        settings = with_value(settings, _in_phase(settings, path), value)
    return settings


def _in_phase(settings: dict[str, Any], path: str) -> str:
    """Where the objective and the steps of settings stand that list their phases, as a run's own config.yaml does."""
    phases = settings.get("phases")
    if path.partition(".")[0] not in ("objective", "steps") or not isinstance(phases, list):
        return path
    require(
        len(phases) == 1,
        f"of settings with {len(phases)} phases, --set names the phase, counted from 0",
        path,
        f"write phases.{len(phases) - 1}.{path}=…",
    )
    return f"phases.0.{path}"
